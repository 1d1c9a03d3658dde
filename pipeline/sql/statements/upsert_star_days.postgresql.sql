-- Writes the days that are new or have another count, and says how many. In place of ON CONFLICT, which would guard each
-- of a hundred thousand rows against a race that can't be: the lease lets one run write at a time.
WITH histories AS MATERIALIZED (
    SELECT github_id, (star_days ->> 'first')::date AS first_day, star_days -> 'gained' AS gained
    FROM stg_repos_validated
    WHERE execution_id = %(execution)s AND star_days IS NOT NULL
),
days AS MATERIALIZED (
    SELECT h.github_id, h.first_day + place AS day, (h.gained -> place)::integer AS stars_gained
    FROM histories AS h
    CROSS JOIN LATERAL GENERATE_SERIES(
        GREATEST(%(first)s::date - h.first_day, 0),
        LEAST(%(last)s::date - h.first_day, JSONB_ARRAY_LENGTH(h.gained) - 1)
    ) AS place
),
changed AS (
    UPDATE fact_star_days AS fact
    SET stars_gained = d.stars_gained
    FROM days AS d
    WHERE
        fact.github_id = d.github_id
        AND fact.day = d.day
        AND fact.day BETWEEN %(first)s AND %(last)s
        AND fact.stars_gained <> d.stars_gained
    RETURNING 1
),
added AS (
    INSERT INTO fact_star_days (github_id, day, stars_gained)
    SELECT d.github_id, d.day, d.stars_gained
    FROM days AS d
    LEFT JOIN fact_star_days AS fact
        ON d.github_id = fact.github_id AND d.day = fact.day AND fact.day BETWEEN %(first)s AND %(last)s
    WHERE fact.github_id IS NULL
    RETURNING 1
)
SELECT (SELECT COUNT(*) FROM changed) + (SELECT COUNT(*) FROM added)
