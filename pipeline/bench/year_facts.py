"""The facts of a made-up year, made by the database itself: a statement a day, or one for the whole year."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from pipeline.bench.year_repos import LAST, PERIOD, SPELL, Growth, YearRepo
from pipeline.models import WorkflowExecution
from pipeline.sql import BINARY_COLLATION

# Whole numbers throughout, scores in millionths: both databases then compute the same to the last digit.
GROWTH_TABLE = """
CREATE TEMPORARY TABLE made_growth (
    github_id BIGINT PRIMARY KEY, base BIGINT NOT NULL, rate BIGINT NOT NULL, burst BIGINT NOT NULL,
    phase BIGINT NOT NULL, start_day BIGINT NOT NULL, commits BIGINT, has_history BOOLEAN NOT NULL
)"""
SERVICES_TABLE = """
CREATE TEMPORARY TABLE made_services (
    github_id BIGINT NOT NULL, service_key INTEGER NOT NULL, service_count INTEGER NOT NULL,
    PRIMARY KEY (github_id, service_key)
)"""
WEIGHTS: Mapping[str, Any] = settings.MOMENTUM
CACHE_KILOBYTES = 1_500_000
TABLES = {"made_growth": GROWTH_TABLE, "made_services": SERVICES_TABLE}

AGE = "(CASE WHEN {day} > g.start_day THEN {day} - g.start_day ELSE 0 END)"
WAVE_AGE = f"(({AGE} + g.phase) % {PERIOD})"
# Growth.total; a test holds the two together. `%` stands doubled because the texts go through the driver's parameters.
TOTAL = (
    f"(g.base + g.rate * {AGE} + ({AGE} * {AGE} * 17 + {AGE} * g.phase) % (g.rate + 1)"
    f" + g.burst * (({AGE} + g.phase) / {PERIOD} * {SPELL}"
    f" + CASE WHEN {WAVE_AGE} < {SPELL} THEN {WAVE_AGE} ELSE {SPELL} END))"
).replace("%", "%%")


def total(days_back: int) -> str:
    """SQL: the stars of the repository `g` so many days before the day `t`."""
    return TOTAL.format(day=f"(t.number - {days_back})")


# Each layer is materialized: SQLite would otherwise put a layer's whole text in place of each of its columns.
SNAPSHOTS = """
WITH today AS MATERIALIZED (
    SELECT
        e.execution_id, e.snapshot_date, e.execution_date, x.number, x.is_newest, x.old_before
    FROM fact_workflow_executions AS e
    INNER JOIN (SELECT %s AS execution_id, %s AS number, %s AS is_newest, %s AS old_before) AS x
        ON e.execution_id = x.execution_id
),
measured AS MATERIALIZED (
    SELECT
        d.repo_key, d.github_id, l.language_key, d.repo_full_name, d.uses_render,
        t.snapshot_date, t.execution_id, t.execution_date, t.is_newest, d.created_at < t.old_before AS is_old,
        s.stream, s.data_quality_score, s.unknown_fields, CASE WHEN t.is_newest THEN s.raw_repo_id END AS raw_repo_id,
        {total_0} AS stars,
        CASE WHEN g.has_history THEN {total_0} - {total_1} END AS gained_24h,
        CASE WHEN g.has_history THEN {total_0} - {total_7} END AS gained_7d,
        CASE WHEN g.has_history THEN {total_0} - {total_30} END AS gained_30d,
        g.commits * (10 + ABS((t.number + g.phase) %% 60 - 30)) / 25 AS commits,
        CASE
            WHEN NOT g.has_history THEN NULL
            WHEN {total_0} = {total_7} THEN 0
            WHEN g.rate > 0 AND t.number - g.start_day > 210 THEN 30
            WHEN {total_7} = {total_14} THEN 1
            WHEN {total_14} = {total_21} THEN 2
            WHEN {total_21} = {total_28} THEN 3
            ELSE 4
        END AS weeks_gaining
    FROM today AS t
    CROSS JOIN made_growth AS g
    INNER JOIN stg_repos_validated AS s ON g.github_id = s.github_id
    INNER JOIN dim_repositories AS d
        ON g.github_id = d.github_id
        AND d.valid_from <= t.execution_date AND (d.valid_to IS NULL OR d.valid_to > t.execution_date)
    LEFT JOIN dim_languages AS l ON d.language = l.language_name
    WHERE g.start_day <= t.number
),
rated AS MATERIALIZED (
    SELECT
        m.*,
        m.commits / 3 AS issues,
        CASE WHEN m.commits > 0 THEN 1 + m.commits / 5 ELSE m.commits END AS contributors,
        (m.gained_7d * 200000000 + m.stars) / (2 * m.stars) AS velocity
    FROM measured AS m
),
weighed AS MATERIALIZED (
    SELECT
        r.*,
        {commits_weight} * r.commits + {issues_weight} * r.issues
        + {contributors_weight} * r.contributors AS activity,
        (COALESCE(r.velocity, 0) * {velocity_weight} + 500000) / 1000000 AS velocity_part,
        (COALESCE({commits_weight} * r.commits + {issues_weight} * r.issues
        + {contributors_weight} * r.contributors, 0) * {activity_weight} + 500000) / 1000000 AS activity_part
    FROM rated AS r
),
boosted AS MATERIALIZED (
    SELECT
        w.*,
        CASE
            WHEN w.uses_render
                THEN ((w.velocity_part + w.activity_part) * ({render_factor} - 1000000) + 500000) / 1000000
            ELSE 0
        END AS boost
    FROM weighed AS w
),
scored AS MATERIALIZED (
    SELECT
        b.*,
        CASE
            WHEN b.is_old
                THEN -(((b.velocity_part + b.activity_part + b.boost) * (1000000 - {age_factor}) + 500000) / 1000000)
            ELSE 0
        END AS penalty
    FROM boosted AS b
),
summed AS MATERIALIZED (
    SELECT
        s.*,
        CASE
            WHEN s.velocity IS NOT NULL OR s.activity IS NOT NULL
                THEN s.velocity_part + s.activity_part + s.boost + s.penalty
        END AS momentum
    FROM scored AS s
)
INSERT INTO fact_repo_snapshots (
    repo_key, github_id, language_key, snapshot_date, stream, is_current, stars, forks, stars_gained_24h,
    stars_gained_7d, stars_gained_30d, star_velocity, activity_score, momentum_score, velocity_part, activity_part,
    render_boost, age_penalty, commits_last_7_days, issues_closed_last_7_days, active_contributors, weeks_gaining,
    data_quality_score, rank_overall, rank_in_language, unknown_parts, raw_repo_id, execution_id, created_at
)
SELECT
    s.repo_key, s.github_id, s.language_key, s.snapshot_date, s.stream, s.is_newest, s.stars, s.stars / 9,
    s.gained_24h, s.gained_7d, s.gained_30d, s.velocity / 1000000.0, s.activity / 1000000.0, s.momentum / 1000000.0,
    s.velocity_part / 1000000.0, s.activity_part / 1000000.0, s.boost / 1000000.0, s.penalty / 1000000.0,
    s.commits, s.issues, s.contributors, s.weeks_gaining, s.data_quality_score,
    ROW_NUMBER() OVER (ORDER BY s.momentum DESC NULLS LAST, s.stars DESC, s.repo_full_name COLLATE {binary} ASC),
    CASE
        WHEN s.language_key IS NOT NULL
            THEN ROW_NUMBER() OVER (
                PARTITION BY s.language_key
                ORDER BY s.momentum DESC NULLS LAST, s.stars DESC, s.repo_full_name COLLATE {binary} ASC
            )
    END,
    s.unknown_fields, s.raw_repo_id, s.execution_id, s.execution_date
FROM summed AS s
ORDER BY s.github_id
"""
STAR_DAYS = """
INSERT INTO fact_star_days (github_id, day, stars_gained)
SELECT g.github_id, t.day, {total_0} - {total_1}
FROM (SELECT %s AS day, %s AS number) AS t
CROSS JOIN made_growth AS g
WHERE g.has_history
"""
USAGE = """
INSERT INTO fact_render_usage (
    repo_key, service_key, snapshot_date, service_count, complexity_score, has_blueprint, created_at
)
SELECT
    f.repo_key, m.service_key, f.snapshot_date, m.service_count, e.render_complexity_score, e.has_blueprint_button,
    f.created_at
FROM made_services AS m
INNER JOIN stg_render_enrichment AS e ON m.github_id = e.github_id
INNER JOIN fact_repo_snapshots AS f ON m.github_id = f.github_id
"""
# As sql/statements/total_*.sql make them for what is current, but for every day at once.
LANGUAGE_DAYS = """
INSERT INTO fact_language_days (
    language_key, snapshot_date, repositories, render_repositories, stars, stars_gained_24h, stars_gained_7d,
    commits_last_7_days, issues_closed_last_7_days, active_contributors, momentum_total
)
SELECT
    f.language_key, f.snapshot_date, COUNT(*), COUNT(*) FILTER (WHERE d.uses_render), SUM(f.stars),
    SUM(f.stars_gained_24h), SUM(f.stars_gained_7d), SUM(f.commits_last_7_days), SUM(f.issues_closed_last_7_days),
    SUM(f.active_contributors), SUM(f.momentum_score)
FROM fact_repo_snapshots AS f
INNER JOIN dim_repositories AS d ON f.repo_key = d.repo_key
WHERE f.language_key IS NOT NULL
GROUP BY f.snapshot_date, f.language_key
"""
RENDER_DAYS = """
INSERT INTO fact_render_days (render_category, snapshot_date, repositories, stars, stars_gained_7d)
SELECT d.render_category, f.snapshot_date, COUNT(*), SUM(f.stars), SUM(f.stars_gained_7d)
FROM dim_repositories AS d
INNER JOIN fact_repo_snapshots AS f ON d.repo_key = f.repo_key
WHERE d.render_category IS NOT NULL
GROUP BY f.snapshot_date, d.render_category
"""
RENDER_SERVICE_DAYS = """
INSERT INTO fact_render_service_days (service_key, language_key, snapshot_date, repositories, services)
SELECT m.service_key, f.language_key, f.snapshot_date, COUNT(*), SUM(m.service_count)
FROM made_services AS m
INNER JOIN fact_repo_snapshots AS f ON m.github_id = f.github_id
GROUP BY f.snapshot_date, m.service_key, f.language_key
"""
RENDER_SERVICE_TOTALS = """
INSERT INTO fact_render_service_totals (service_key, snapshot_date, repositories, services)
SELECT service_key, snapshot_date, SUM(repositories), SUM(services)
FROM fact_render_service_days
GROUP BY service_key, snapshot_date
"""
# The newest day's measures are those of the staged rows too.
STAGED = """
UPDATE stg_repos_validated
SET
    commits_last_7_days = f.commits_last_7_days, issues_closed_last_7_days = f.issues_closed_last_7_days,
    active_contributors = f.active_contributors, weeks_gaining = f.weeks_gaining
FROM fact_repo_snapshots AS f
WHERE f.github_id = stg_repos_validated.github_id AND f.is_current
"""
WHOLE_YEAR = (STAGED, USAGE, LANGUAGE_DAYS, RENDER_DAYS, RENDER_SERVICE_DAYS, RENDER_SERVICE_TOTALS)


def write_facts(
    repos: Sequence[YearRepo],
    services: Iterable[tuple[int, int, int]],
    publishers: Mapping[date, WorkflowExecution],
    star_days: int,
) -> None:
    """Everything but the run records. `services`: (github_id, service key, count) of every render.yaml.

    Each day's facts stand as its publisher left them; the stars of single days reach back `star_days` days.
    """
    newest = max(publishers)
    with connection.cursor() as cursor:
        for create in TABLES.values():
            cursor.execute(create)
        cursor.executemany(_insert("made_growth", 8), [_growth_row(repo.github_id, repo.growth) for repo in repos])
        cursor.executemany(_insert("made_services", 3), list(services))
        cursor.execute("ANALYZE")
        snapshots, star_days_text = _completed(SNAPSHOTS), _completed(STAR_DAYS)
        for day, execution in sorted(publishers.items()):
            cursor.execute(snapshots, _of_day(day, execution, newest))
        for back in reversed(range(star_days)):
            cursor.execute(
                star_days_text, [connection.ops.adapt_datefield_value(newest - timedelta(back)), LAST - back]
            )
        for text in WHOLE_YEAR:
            cursor.execute(text)
        for table in TABLES:
            cursor.execute(f"DROP TABLE {table}")


@contextlib.contextmanager
def in_bulk() -> Iterator[None]:
    """Let the database take in millions of rows at once."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # All pages stay in memory, where each day touches nearly every page of some indexes.
            cursor.execute(f"PRAGMA cache_size = -{CACHE_KILOBYTES}")
            yield
            return
        # Foreign keys would be looked up one by one, which takes longer than everything else; only a superuser may
        # do without, and a test looks them up in SQLite.
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = CURRENT_USER")
        is_superuser = bool(cursor.fetchone()[0])
        if is_superuser:
            cursor.execute("SET session_replication_role = replica")
        yield
        if is_superuser:
            cursor.execute("RESET session_replication_role")


def analyze() -> None:
    """Let the database count what it holds; without that its plans for a table of this size are guesses.

    PostgreSQL also marks what all may see, as its background work would a minute later, in the middle of measuring.
    """
    can_vacuum = connection.vendor == "postgresql" and not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)" if can_vacuum else "ANALYZE")


def _of_day(day: date, execution: WorkflowExecution, newest: date) -> list[Any]:
    old = execution.execution_date - timedelta(days=float(WEIGHTS["age_days"]))
    return [execution.pk, LAST - (newest - day).days, day == newest, connection.ops.adapt_datetimefield_value(old)]


def _completed(text: str) -> str:
    """The statement with stars so many days back, and with the settings' weights and factors in millionths."""
    totals = {f"total_{back}": total(back) for back in (0, 1, 7, 14, 21, 28, 30)}
    millionths = {name: int(value * 1_000_000) for name, value in WEIGHTS.items()}
    return text.format(binary=BINARY_COLLATION[connection.vendor], **totals, **millionths)


def _insert(table: str, columns: int) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join(['%s'] * columns)})"  # noqa: S608 - a name of ours


def _growth_row(github_id: int, growth: Growth) -> tuple[int | bool | None, ...]:
    return (
        github_id, growth.base, growth.rate, growth.burst, growth.phase, growth.start, growth.commits,
        growth.has_history,
    )  # fmt: skip
