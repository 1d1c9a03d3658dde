-- One row per repository of the Render ecosystem with a current snapshot.
SELECT
    f.github_id,
    f.repo_key,
    d.repo_full_name,
    d.repo_url,
    d.description,
    l.language_name AS language,
    d.render_category,
    d.uses_render,
    d.is_demo,
    d.created_at,
    f.snapshot_date,
    f.stars,
    f.stars_gained_24h,
    f.stars_gained_7d,
    f.stars_gained_30d,
    f.momentum_score,
    f.rank_overall,
    e.render_services,
    e.service_counts,
    e.service_count,
    e.render_complexity_score,
    e.connections,
    e.env_groups,
    e.has_blueprint_button,
    e.deploy_button_url,
    e.blueprint_quality,
    e.documentation_score,
    e.has_docker,
    e.has_previews,
    e.problem
FROM fact_repo_snapshots AS f
INNER JOIN dim_repositories AS d ON f.repo_key = d.repo_key
LEFT JOIN dim_languages AS l ON f.language_key = l.language_key
LEFT JOIN stg_render_enrichment AS e ON f.github_id = e.github_id
WHERE f.is_current AND d.render_category IS NOT NULL
