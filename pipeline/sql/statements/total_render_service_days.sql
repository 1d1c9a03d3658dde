-- The service types' sums over what is current now, as the rows of a day. CROSS JOIN keeps SQLite from looking through a
-- day's facts for each row of usage, a year of them; to PostgreSQL it is a join like any other.
INSERT INTO fact_render_service_days (service_key, language_key, snapshot_date, repositories, services)
SELECT
    u.service_key,
    f.language_key,
    %s,
    COUNT(*),
    SUM(u.service_count)
FROM fact_repo_snapshots AS f
CROSS JOIN fact_render_usage AS u
WHERE f.is_current AND u.repo_key = f.repo_key AND u.snapshot_date = f.snapshot_date
GROUP BY u.service_key, f.language_key
