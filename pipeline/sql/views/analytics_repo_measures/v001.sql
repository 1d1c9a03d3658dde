-- One row per repository and published day: what was measured, without the words of its version.
SELECT
    f.snapshot_id,
    f.github_id,
    l.language_name AS language,
    f.snapshot_date,
    f.is_current,
    f.stars,
    f.forks,
    f.stars_gained_24h,
    f.stars_gained_7d,
    f.stars_gained_30d,
    f.star_velocity,
    f.activity_score,
    f.momentum_score,
    f.commits_last_7_days,
    f.issues_closed_last_7_days,
    f.active_contributors,
    f.rank_overall,
    f.rank_in_language
FROM fact_repo_snapshots AS f
LEFT JOIN dim_languages AS l ON f.language_key = l.language_key
