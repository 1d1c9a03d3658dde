-- The Render categories' sums over what is current now, as the rows of a day.
INSERT INTO fact_render_days (render_category, snapshot_date, repositories, stars, stars_gained_7d)
SELECT
    d.render_category,
    %s,
    COUNT(*),
    SUM(f.stars),
    SUM(f.stars_gained_7d)
FROM fact_repo_snapshots AS f
INNER JOIN dim_repositories AS d ON f.repo_key = d.repo_key
WHERE f.is_current AND d.render_category IS NOT NULL
GROUP BY d.render_category
