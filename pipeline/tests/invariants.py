"""What must hold of the warehouse whatever was loaded, as SQL; each query lists the rows that break it."""

from django.db import connection

BROKEN = {
    "each repository has exactly one current version": """
        SELECT github_id FROM dim_repositories GROUP BY github_id
        HAVING SUM(CASE WHEN is_current THEN 1 ELSE 0 END) <> 1""",
    "versions of a repository follow each other without gap or overlap": """
        SELECT github_id FROM (
            SELECT github_id, valid_to, LEAD(valid_from) OVER (PARTITION BY github_id ORDER BY valid_from) AS next_from
            FROM dim_repositories
        ) AS v
        WHERE next_from IS NOT NULL AND (valid_to IS NULL OR valid_to <> next_from)""",
    "a version differs from the one before it": """
        WITH tracked AS (
            SELECT
                github_id, valid_from, repo_full_name || '|' || repo_url || '|' || COALESCE(description, '?') || '|'
                || COALESCE(language, '?') || '|' || COALESCE(render_category, '?') || '|'
                || CASE WHEN uses_render IS NULL THEN '?' WHEN uses_render THEN 'yes' ELSE 'no' END AS words
            FROM dim_repositories
        )
        SELECT github_id FROM (
            SELECT github_id, words, LAG(words) OVER (PARTITION BY github_id ORDER BY valid_from) AS words_before
            FROM tracked
        ) AS v WHERE words = words_before""",
    "a fact belongs to a version of its own repository": """
        SELECT f.snapshot_id FROM fact_repo_snapshots AS f
        INNER JOIN dim_repositories AS d ON d.repo_key = f.repo_key WHERE d.github_id <> f.github_id""",
    "one fact a repository and day": """
        SELECT github_id FROM fact_repo_snapshots GROUP BY github_id, snapshot_date HAVING COUNT(*) > 1""",
    "ranks of a day are 1..n": """
        SELECT snapshot_date FROM fact_repo_snapshots GROUP BY snapshot_date
        HAVING MIN(rank_overall) <> 1 OR MAX(rank_overall) <> COUNT(*) OR COUNT(DISTINCT rank_overall) <> COUNT(*)""",
    "ranks in a language are 1..n": """
        SELECT snapshot_date FROM fact_repo_snapshots WHERE language_key IS NOT NULL
        GROUP BY snapshot_date, language_key
        HAVING MIN(rank_in_language) <> 1 OR MAX(rank_in_language) <> COUNT(*)
            OR COUNT(DISTINCT rank_in_language) <> COUNT(*)""",
    "a better rank never has the lower momentum": """
        SELECT a.snapshot_id FROM fact_repo_snapshots AS a
        INNER JOIN fact_repo_snapshots AS b ON a.snapshot_date = b.snapshot_date AND b.rank_overall = a.rank_overall + 1
        WHERE COALESCE(a.momentum_score, -1) < COALESCE(b.momentum_score, -1)""",
    "momentum is the sum of its parts": """
        SELECT snapshot_id FROM fact_repo_snapshots WHERE momentum_score IS NOT NULL
        AND ABS(momentum_score - (velocity_part + activity_part + render_boost + age_penalty)) > 0.0000001""",
    "the current fact is the newest of its repository": """
        SELECT f.snapshot_id FROM fact_repo_snapshots AS f WHERE f.is_current AND EXISTS (
            SELECT 1 FROM fact_repo_snapshots AS n
            WHERE n.github_id = f.github_id AND n.snapshot_date > f.snapshot_date)""",
    "usage stands on a version that has a fact that day": """
        SELECT u.usage_id FROM fact_render_usage AS u
        LEFT JOIN fact_repo_snapshots AS f ON f.repo_key = u.repo_key AND f.snapshot_date = u.snapshot_date
        WHERE f.snapshot_id IS NULL""",
    "quality is between 0 and 1": """
        SELECT github_id FROM stg_repos_validated WHERE data_quality_score < 0 OR data_quality_score > 1""",
    "an enrichment belongs to a staged repository": """
        SELECT e.id FROM stg_render_enrichment AS e
        LEFT JOIN stg_repos_validated AS s ON s.github_id = e.github_id WHERE s.id IS NULL""",
    "unchanged payloads are stored once": """
        SELECT github_id FROM (
            SELECT github_id, content_hash, LAG(content_hash) OVER (PARTITION BY github_id ORDER BY id) AS before
            FROM raw_github_repos
        ) AS r WHERE content_hash = before""",
    "the published day's sums by language are those of what is current": """
        SELECT language_key FROM (
            SELECT f.language_key, f.repositories, f.stars, f.momentum_total FROM fact_language_days AS f
            INNER JOIN published_run AS p ON p.snapshot_date = f.snapshot_date
            UNION ALL
            SELECT language_key, -COUNT(*), -SUM(stars), -SUM(momentum_score) FROM fact_repo_snapshots
            WHERE is_current AND language_key IS NOT NULL GROUP BY language_key
        ) AS both_sums
        GROUP BY language_key
        HAVING SUM(repositories) <> 0 OR SUM(stars) <> 0 OR ABS(COALESCE(SUM(momentum_total), 0)) > 0.00001""",
    "the pointer shows a run whose facts are there": """
        SELECT p.id FROM published_run AS p
        INNER JOIN fact_workflow_executions AS e ON e.execution_id = p.execution_id
        WHERE e.status NOT IN ('success', 'partial', 'running')""",
}


def broken() -> dict[str, list[tuple[object, ...]]]:
    """{rule: rows that break it}, empty when all hold."""
    found: dict[str, list[tuple[object, ...]]] = {}
    with connection.cursor() as cursor:
        for rule, query in BROKEN.items():
            cursor.execute(query)
            rows = cursor.fetchall()
            if rows:
                found[rule] = rows[:5]
    return found
