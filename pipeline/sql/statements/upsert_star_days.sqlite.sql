INSERT INTO fact_star_days (github_id, day, stars_gained)
SELECT
    s.github_id,
    DATE(JSON_EXTRACT(s.star_days, '$.first'), '+' || bucket.key || ' days'),
    bucket.value
FROM stg_repos_validated AS s, JSON_EACH(s.star_days, '$.gained') AS bucket
WHERE
    s.execution_id = %s
    AND DATE(JSON_EXTRACT(s.star_days, '$.first'), '+' || bucket.key || ' days') BETWEEN %s AND %s
ON CONFLICT (github_id, day) DO UPDATE SET stars_gained = excluded.stars_gained
WHERE fact_star_days.stars_gained <> excluded.stars_gained
