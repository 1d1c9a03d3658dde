-- One row per type of Render service and published day, over all languages.
SELECT
    t.id,
    t.snapshot_date,
    s.service_type,
    s.service_description,
    t.repositories,
    t.services
FROM fact_render_service_totals AS t
INNER JOIN dim_render_services AS s ON t.service_key = s.service_key
