-- The languages' sums over what is current now, as the rows of a day.
INSERT INTO fact_language_days (
    language_key, snapshot_date, repositories, render_repositories, stars, stars_gained_24h, stars_gained_7d,
    commits_last_7_days, issues_closed_last_7_days, active_contributors, momentum_total
)
SELECT
    f.language_key,
    %s,
    COUNT(*),
    COUNT(*) FILTER (WHERE d.uses_render),
    SUM(f.stars),
    SUM(f.stars_gained_24h),
    SUM(f.stars_gained_7d),
    SUM(f.commits_last_7_days),
    SUM(f.issues_closed_last_7_days),
    SUM(f.active_contributors),
    SUM(f.momentum_score)
FROM fact_repo_snapshots AS f
INNER JOIN dim_repositories AS d ON f.repo_key = d.repo_key
WHERE f.is_current AND f.language_key IS NOT NULL
GROUP BY f.language_key
