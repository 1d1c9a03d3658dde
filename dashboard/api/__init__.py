"""The same data for machines: /api/v1/, described by OpenAPI."""
