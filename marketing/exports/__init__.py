"""Tables as files: what there is, what was asked for, and the file as CSV, JSON or XLSX."""
