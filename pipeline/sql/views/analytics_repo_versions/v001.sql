-- One row per version of a repository, with its words from valid_from until before valid_to.
SELECT
    repo_key,
    github_id,
    repo_full_name,
    repo_url,
    description,
    language,
    created_at,
    uses_render,
    render_category,
    is_demo,
    valid_from,
    valid_to,
    is_current
FROM dim_repositories
