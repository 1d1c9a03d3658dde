INSERT INTO fact_star_days (github_id, day, stars_gained)
SELECT * FROM UNNEST(%s::bigint [], %s::date [], %s::integer [])
ON CONFLICT (github_id, day) DO UPDATE SET stars_gained = excluded.stars_gained
WHERE fact_star_days.stars_gained <> excluded.stars_gained
