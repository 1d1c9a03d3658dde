-- It begins with INSERT, or Python's driver would not count the rows. Materialized, so that a history's first day is read
-- once and not for each of its days.
INSERT INTO fact_star_days (github_id, day, stars_gained)
WITH histories AS MATERIALIZED (
    SELECT github_id, star_days, JULIANDAY(JSON_EXTRACT(star_days, '$.first')) AS first_day
    FROM stg_repos_validated
    WHERE execution_id = %(execution)s
)
SELECT h.github_id, DATE(h.first_day + bucket.key), bucket.value
FROM histories AS h, JSON_EACH(h.star_days, '$.gained') AS bucket
WHERE h.first_day + bucket.key BETWEEN JULIANDAY(%(first)s) AND JULIANDAY(%(last)s)
ON CONFLICT (github_id, day) DO UPDATE SET stars_gained = excluded.stars_gained
WHERE fact_star_days.stars_gained <> excluded.stars_gained
