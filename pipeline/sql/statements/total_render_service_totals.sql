-- The service types' sums over all languages, of the day's rows by language, which are written before.
INSERT INTO fact_render_service_totals (service_key, snapshot_date, repositories, services)
SELECT
    service_key,
    snapshot_date,
    SUM(repositories),
    SUM(services)
FROM fact_render_service_days
WHERE snapshot_date = %s
GROUP BY service_key, snapshot_date
