-- One row per staged repository: what the newest facts were computed from.
SELECT
    github_id,
    id AS staged_id,
    repo_full_name,
    stream,
    topics,
    open_issues,
    updated_at,
    pushed_at,
    unknown_fields,
    data_quality_score,
    loaded_at,
    raw_repo_id,
    execution_id
FROM stg_repos_validated
