-- Days that are new. Beside the update in place of one upsert: the lease lets one run write at a time, and ON CONFLICT
-- would guard each of a hundred thousand rows against a race that can't be.
WITH histories AS MATERIALIZED (
    SELECT github_id, (star_days ->> 'first')::date AS first_day, star_days -> 'gained' AS gained
    FROM stg_repos_validated
    WHERE execution_id = %s
),
days AS (
    SELECT
        h.github_id,
        h.first_day + (bucket.number - 1)::integer AS day,
        bucket.gained::integer AS stars_gained
    FROM histories AS h
    CROSS JOIN LATERAL JSONB_ARRAY_ELEMENTS_TEXT(h.gained) WITH ORDINALITY AS bucket (gained, number)
    WHERE h.first_day + (bucket.number - 1)::integer BETWEEN %s AND %s
)
INSERT INTO fact_star_days (github_id, day, stars_gained)
SELECT d.github_id, d.day, d.stars_gained
FROM days AS d
LEFT JOIN fact_star_days AS fact ON d.github_id = fact.github_id AND d.day = fact.day
WHERE fact.github_id IS NULL
