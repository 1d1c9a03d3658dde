-- Materialized, so that each history is taken apart once and not for each of its days.
WITH histories AS MATERIALIZED (
    SELECT github_id, (star_days ->> 'first')::date AS first_day, star_days -> 'gained' AS gained
    FROM stg_repos_validated
    WHERE execution_id = %s
)
INSERT INTO fact_star_days (github_id, day, stars_gained)
SELECT h.github_id, h.first_day + (bucket.number - 1)::integer, bucket.gained::integer
FROM histories AS h
CROSS JOIN LATERAL JSONB_ARRAY_ELEMENTS_TEXT(h.gained) WITH ORDINALITY AS bucket (gained, number)
WHERE h.first_day + (bucket.number - 1)::integer BETWEEN %s AND %s
ON CONFLICT (github_id, day) DO UPDATE SET stars_gained = excluded.stars_gained
WHERE fact_star_days.stars_gained <> excluded.stars_gained
