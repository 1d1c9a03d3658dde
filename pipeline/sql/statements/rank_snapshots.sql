UPDATE fact_repo_snapshots
SET rank_overall = ranked.overall, rank_in_language = ranked.in_language
FROM (
    SELECT
        f.snapshot_id,
        ROW_NUMBER() OVER (
            ORDER BY f.momentum_score DESC NULLS LAST, f.stars DESC, d.repo_full_name COLLATE {binary} ASC
        ) AS overall,
        CASE
            WHEN f.language_key IS NOT NULL
                THEN ROW_NUMBER() OVER (
                    PARTITION BY f.language_key
                    ORDER BY f.momentum_score DESC NULLS LAST, f.stars DESC, d.repo_full_name COLLATE {binary} ASC
                )
        END AS in_language
    FROM fact_repo_snapshots AS f
    INNER JOIN dim_repositories AS d ON f.repo_key = d.repo_key
    WHERE f.snapshot_date = %s
) AS ranked
WHERE fact_repo_snapshots.snapshot_id = ranked.snapshot_id
