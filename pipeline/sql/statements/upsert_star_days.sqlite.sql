INSERT INTO fact_star_days (github_id, day, stars_gained) VALUES (%s, %s, %s)
ON CONFLICT (github_id, day) DO UPDATE SET stars_gained = excluded.stars_gained
WHERE fact_star_days.stars_gained <> excluded.stars_gained
