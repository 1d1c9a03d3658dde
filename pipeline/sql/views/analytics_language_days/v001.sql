-- One row per language and published day: sums over the repositories that were current then.
SELECT
    t.id,
    l.language_name AS language,
    t.snapshot_date,
    t.repositories,
    t.render_repositories,
    t.stars,
    t.stars_gained_24h,
    t.stars_gained_7d,
    t.commits_last_7_days,
    t.issues_closed_last_7_days,
    t.active_contributors,
    t.momentum_total
FROM fact_language_days AS t
INNER JOIN dim_languages AS l ON t.language_key = l.language_key
