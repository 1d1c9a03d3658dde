-- Days whose count has changed. Materialized, so that each history is taken apart once and not for each of its days.
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
UPDATE fact_star_days AS fact
SET stars_gained = d.stars_gained
FROM days AS d
WHERE fact.github_id = d.github_id AND fact.day = d.day AND fact.stars_gained <> d.stars_gained
