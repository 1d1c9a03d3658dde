-- One row per type of Render service, language (NULL where it is unknown) and published day.
SELECT
    t.id,
    t.snapshot_date,
    l.language_name AS language,
    s.service_type,
    s.service_description,
    t.repositories,
    t.services
FROM fact_render_service_days AS t
INNER JOIN dim_render_services AS s ON t.service_key = s.service_key
LEFT JOIN dim_languages AS l ON t.language_key = l.language_key
