-- One row per language with current snapshots, ranked by the sum of its repositories' momentum.
SELECT
    l.language_key,
    l.language_name AS language,
    l.language_category,
    COUNT(*) AS repositories,
    COUNT(*) FILTER (WHERE d.uses_render) AS render_repositories,
    SUM(f.stars) AS stars,
    SUM(f.stars_gained_7d) AS stars_gained_7d,
    SUM(f.momentum_score) AS momentum_total,
    AVG(f.momentum_score) AS momentum_average,
    MIN(f.snapshot_date) AS oldest_snapshot_date,
    MAX(f.snapshot_date) AS newest_snapshot_date,
    ROW_NUMBER() OVER (
        ORDER BY COALESCE(SUM(f.momentum_score), 0) DESC, SUM(f.stars) DESC, l.language_name ASC
    ) AS rank_overall
FROM fact_repo_snapshots AS f
INNER JOIN dim_repositories AS d ON f.repo_key = d.repo_key
INNER JOIN dim_languages AS l ON f.language_key = l.language_key
WHERE f.is_current
GROUP BY l.language_key, l.language_name, l.language_category
