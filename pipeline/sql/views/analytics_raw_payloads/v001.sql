-- One row per stored answer of GitHub about a repository, as received.
SELECT
    'repository-' || CAST(id AS VARCHAR(20)) AS payload_key,
    'repository' AS kind,
    id AS raw_id,
    github_id,
    fetch_timestamp,
    last_seen_at,
    content_hash,
    execution_id,
    api_response AS body
FROM raw_github_repos
UNION ALL
SELECT
    metric_type || '-' || CAST(id AS VARCHAR(20)) AS payload_key,
    metric_type AS kind,
    id AS raw_id,
    github_id,
    fetch_timestamp,
    last_seen_at,
    content_hash,
    execution_id,
    metric_data AS body
FROM raw_repo_metrics
