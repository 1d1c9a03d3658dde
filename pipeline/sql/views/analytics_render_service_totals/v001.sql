-- One row per type of Render service and published day, over all languages.
SELECT
    t.id,
    t.snapshot_date,
    s.service_type,
    s.service_description,
    t.repositories,
    t.services
FROM (
    SELECT
        MIN(id) AS id,
        snapshot_date,
        service_key,
        SUM(repositories) AS repositories,
        SUM(services) AS services
    FROM fact_render_service_days
    GROUP BY snapshot_date, service_key
) AS t
INNER JOIN dim_render_services AS s ON t.service_key = s.service_key
