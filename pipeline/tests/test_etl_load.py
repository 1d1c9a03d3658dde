"""The three arrows on a real database; after each test the warehouse's invariants hold."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pipeline.etl.star_day_facts import load_recent_star_days
from pipeline.models import (
    LanguageDim,
    PublishedRun,
    RawFileContent,
    RawGithubRepo,
    RawRepoMetric,
    RejectedRepo,
    RenderEnrichment,
    RenderUsage,
    RepositoryDim,
    RepoSnapshot,
    StagedRepo,
    StarDay,
    StreamState,
    TrendingRepo,
)
from pipeline.tests.builders import (
    BUTTON,
    NOW,
    RENDER_YAML,
    TODAY,
    Warehouse,
    commits,
    files,
    issues,
    rest_item,
    star_history,
)

pytestmark = pytest.mark.usefixtures("warehouse_holds")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def warehouse() -> Warehouse:
    return Warehouse()


def snapshot(github_id: int = 1, day: date = TODAY) -> RepoSnapshot:
    return RepoSnapshot.objects.get(github_id=github_id, snapshot_date=day)


def version(github_id: int = 1) -> RepositoryDim:
    return RepositoryDim.objects.get(github_id=github_id, is_current=True)


def test_a_repository_travels_from_raw_to_a_ranked_fact(warehouse: Warehouse) -> None:
    metrics = {"star_history": star_history(*[0] * 27, 1, 2, 3), "commits": commits(10, 4), "issues": issues(2)}
    warehouse.publish(
        [rest_item(stars=600)], {1: {**metrics, "star_history": {**metrics["star_history"], "stars": 600}}}
    )

    fact = snapshot()
    assert (fact.stars_gained_24h, fact.stars_gained_7d, fact.stars_gained_30d) == (3, 6, 6)
    assert fact.star_velocity == Decimal("1.000000")
    assert fact.activity_score == Decimal("5.800000")  # 0.4 x 10 + 0.3 x 2 + 0.3 x 4
    # (0.4 x 1 + 0.6 x 5.8) x 0.9, being a year old
    assert fact.momentum_score == Decimal("3.492000")
    assert (fact.rank_overall, fact.rank_in_language) == (1, 1)
    assert fact.unknown_parts == ["uses_render"]
    assert TrendingRepo.objects.get().repo_full_name == "acme/tool"


def test_the_same_run_twice_changes_nothing_but_the_run(warehouse: Warehouse) -> None:
    metrics = {1: {"star_history": star_history(5), "commits": commits(3), "files": files(render_yaml="o1")}}
    warehouse.publish([rest_item()], metrics, {"o1": RENDER_YAML})
    before = [RepositoryDim.objects.values().get(), RawGithubRepo.objects.count(), RawRepoMetric.objects.count()]
    first = snapshot()

    warehouse.publish([rest_item()], metrics, {"o1": RENDER_YAML}, now=NOW + HOUR)

    assert [
        RepositoryDim.objects.values().get(),
        RawGithubRepo.objects.count(),
        RawRepoMetric.objects.count(),
    ] == before
    assert snapshot().momentum_score == first.momentum_score
    assert RepoSnapshot.objects.count() == 1
    assert RenderUsage.objects.count() == 2
    assert RawGithubRepo.objects.get().last_seen_at == NOW + HOUR


def test_a_payload_that_returns_to_what_it_was_is_stored_again(warehouse: Warehouse) -> None:
    for hour, stars in enumerate((10, 11, 10)):
        warehouse.publish([rest_item(stars=stars)], now=NOW + hour * HOUR)
    assert [row.api_response["stargazers_count"] for row in RawGithubRepo.objects.order_by("id")] == [10, 11, 10]
    assert snapshot().stars == 10


@pytest.mark.parametrize(
    ("change", "opens"),
    [
        ({"description": "Another tool"}, True),
        ({"description": None}, True),
        ({"language": "Go"}, True),
        ({"html_url": "https://github.example/acme/tool"}, True),
        ({"full_name": "acme/renamed", "html_url": "https://github.com/acme/renamed"}, True),
        ({"stargazers_count": 5, "forks_count": 1, "pushed_at": None, "topics": ["x"]}, False),
    ],
)
def test_a_new_version_opens_only_when_a_tracked_column_changed(
    warehouse: Warehouse, change: dict[str, object], opens: bool
) -> None:
    warehouse.publish([rest_item()])
    warehouse.publish([rest_item() | change], now=NOW + DAY)

    rows = list(RepositoryDim.objects.order_by("valid_from"))
    assert len(rows) == (2 if opens else 1)
    assert rows[-1].is_current
    if opens:
        assert (rows[0].valid_from, rows[0].valid_to, rows[1].valid_from) == (NOW, NOW + DAY, NOW + DAY)
        assert snapshot(day=NOW.date()).repo_id == rows[0].repo_key
        assert snapshot(day=(NOW + DAY).date()).repo_id == rows[1].repo_key


def test_a_rename_keeps_one_history_under_the_same_id(warehouse: Warehouse) -> None:
    warehouse.publish([rest_item(7, "old/name")])
    warehouse.publish([rest_item(7, "new/name")], now=NOW + DAY)
    assert StagedRepo.objects.get().repo_full_name == "new/name"
    assert list(RepoSnapshot.objects.values_list("github_id", flat=True)) == [7, 7]


def test_a_name_that_moved_to_another_repository_displaces_the_old_row(warehouse: Warehouse) -> None:
    warehouse.publish([rest_item(1, "a/one"), rest_item(2, "a/two")])
    warehouse.publish([rest_item(1, "a/two"), rest_item(2, "a/one")], now=NOW + DAY)
    assert dict(StagedRepo.objects.values_list("github_id", "repo_full_name")) == {1: "a/two", 2: "a/one"}
    warehouse.publish([rest_item(3, "a/one")], now=NOW + 2 * DAY, members=[3])
    assert set(StagedRepo.objects.values_list("github_id", flat=True)) == {1, 3}


def test_two_repositories_of_one_name_in_a_run_leave_one_reject(warehouse: Warehouse) -> None:
    items = [rest_item(n, f"a/n{n}") for n in range(1, 9)]
    warehouse.publish([*items, rest_item(9, "a/n1")])
    assert RejectedRepo.objects.get().reason == "its name is also that of repository 1"
    assert RepoSnapshot.objects.count() == 8


def test_files_that_could_not_be_read_drop_no_badge_and_open_no_version(warehouse: Warehouse) -> None:
    texts = {"o1": RENDER_YAML, "o2": BUTTON}
    read = {"files": files(render_yaml="o1", readme="o2"), "commits": commits(10)}
    warehouse.publish([rest_item()], {1: read}, texts)
    boosted = snapshot().render_boost
    assert version().uses_render
    assert version().render_category == "blueprint"

    # Two days later the old reading is no longer known, and no new one came.
    later = NOW + 2 * DAY
    warehouse.publish([rest_item()], {1: {"commits": commits(10, now=later)}}, now=later)

    assert StagedRepo.objects.get().uses_render is None
    assert RepositoryDim.objects.count() == 1
    assert version().render_category == "blueprint"
    assert snapshot(day=later.date()).render_boost == boosted > 0
    assert RenderEnrichment.objects.get().service_count == 2
    assert "uses_render" not in snapshot(day=later.date()).unknown_parts


def test_a_readme_that_could_not_be_read_leaves_a_blueprint_a_blueprint(warehouse: Warehouse) -> None:
    warehouse.publish(
        [rest_item()], {1: {"files": files(render_yaml="o1", readme="o2")}}, {"o1": RENDER_YAML, "o2": BUTTON}
    )
    warehouse.publish([rest_item()], {1: {"files": files(render_yaml="o1", readme="o3")}}, now=NOW + HOUR)
    assert RenderEnrichment.objects.get().has_blueprint_button
    assert RepositoryDim.objects.count() == 1


def test_a_removed_render_yaml_takes_the_badge_and_the_usage_away(warehouse: Warehouse) -> None:
    warehouse.publish([rest_item()], {1: {"files": files(render_yaml="o1")}}, {"o1": RENDER_YAML})
    assert RenderUsage.objects.count() == 2
    warehouse.publish([rest_item()], {1: {"files": files(readme="o2")}}, now=NOW + HOUR)
    assert not version().uses_render
    assert version().render_category is None
    assert not RenderEnrichment.objects.exists()
    assert not RenderUsage.objects.exists()
    assert RepositoryDim.objects.count() == 2


def test_a_missing_history_is_unknown_and_a_history_of_nothing_is_zero(warehouse: Warehouse) -> None:
    warehouse.publish([rest_item(1, "a/unknown"), rest_item(2, "a/quiet")], {2: {"star_history": star_history(0)}})
    assert snapshot(1).stars_gained_7d is None
    assert snapshot(1).star_velocity is None
    assert snapshot(1).momentum_score is None
    assert snapshot(2).stars_gained_7d == 0
    assert snapshot(2).momentum_score == 0
    assert (snapshot(2).rank_overall, snapshot(1).rank_overall) == (1, 2)


def test_the_running_day_is_topped_up_with_the_change_of_the_star_count(warehouse: Warehouse) -> None:
    warehouse.publish([rest_item(stars=1000)], {1: {"star_history": star_history(4, 6)}})
    warehouse.publish([rest_item(stars=1012)], now=NOW + HOUR)
    assert snapshot().stars_gained_24h == 18
    warehouse.publish([rest_item(stars=990)], now=NOW + 2 * HOUR)
    assert snapshot().stars_gained_24h == 0
    assert StarDay.objects.get(day=NOW.date()).stars_gained == 0
    assert StarDay.objects.get(day=NOW.date() - DAY).stars_gained == 4


def test_ranks_go_by_momentum_then_stars_then_name(warehouse: Warehouse) -> None:
    busy = {"commits": commits(10)}
    items = [
        rest_item(1, "b/quiet", stars=10),
        rest_item(2, "a/quiet", stars=10),
        rest_item(3, "a/Quiet", stars=10),
        rest_item(4, "z/quiet", stars=11),
        rest_item(5, "z/busy", stars=1),
        rest_item(6, "y/go", stars=99, language="Go"),
    ]
    quiet = {n: {"commits": commits(0)} for n in (1, 2, 3, 4, 6)}
    warehouse.publish(items, {5: busy, **quiet})
    rows = RepoSnapshot.objects.order_by("rank_overall").values_list("github_id", "rank_in_language")
    assert list(rows) == [(5, 1), (6, 1), (4, 2), (3, 3), (2, 4), (1, 5)]


def test_a_failed_stream_keeps_its_rows_of_yesterday_on_show(warehouse: Warehouse) -> None:
    warehouse.publish([rest_item(1, "a/py")], stream="python")
    warehouse.publish([rest_item(2, "a/go", language="Go")], stream="go", now=NOW + HOUR)
    warehouse.publish([rest_item(1, "a/py")], stream="python", now=NOW + DAY)

    shown = dict(TrendingRepo.objects.values_list("repo_full_name", "snapshot_date"))
    assert shown == {"a/py": (NOW + DAY).date(), "a/go": NOW.date()}
    assert StreamState.objects.get(stream="go").snapshot_date == NOW.date()
    assert PublishedRun.objects.get().snapshot_date == (NOW + DAY).date()


def test_the_next_run_of_a_day_replaces_a_stream_as_a_whole(warehouse: Warehouse) -> None:
    warehouse.publish([rest_item(1, "a/one"), rest_item(2, "a/two")], stream="python")
    warehouse.publish([rest_item(3, "a/go", language="Go")], stream="go")
    warehouse.publish([rest_item(2, "a/two"), rest_item(4, "a/four")], stream="python", now=NOW + HOUR)
    assert set(RepoSnapshot.objects.values_list("github_id", flat=True)) == {2, 3, 4}
    assert set(TrendingRepo.objects.values_list("github_id", flat=True)) == {2, 3, 4}


def test_a_repository_that_moves_between_streams_has_one_fact_and_one_current_row(warehouse: Warehouse) -> None:
    warehouse.publish([rest_item(1, "a/py"), rest_item(2, "a/both")], stream="python")
    warehouse.publish([rest_item(2, "a/both")], stream="render", now=NOW + HOUR)
    assert snapshot(2).stream == "render"
    warehouse.publish([rest_item(2, "a/both")], stream="render", now=NOW + DAY)
    assert RepoSnapshot.objects.filter(github_id=2, is_current=True).count() == 1


def test_a_repository_in_two_streams_counts_for_the_first(warehouse: Warehouse) -> None:
    execution = warehouse.execution(NOW)
    warehouse.receive(execution, [rest_item(1), rest_item(2, "a/two")])
    warehouse.load(execution, {"python": [1], "render": [1, 2]}, NOW)
    assert dict(RepoSnapshot.objects.values_list("github_id", "stream")) == {1: "python", 2: "render"}


def test_an_older_day_loaded_late_does_not_take_the_place_of_a_newer_one(warehouse: Warehouse) -> None:
    warehouse.publish([rest_item(stars=20)], now=NOW)
    warehouse.publish([rest_item(stars=10)], now=NOW - 3 * DAY)
    assert TrendingRepo.objects.get().stars == 20
    assert PublishedRun.objects.get().snapshot_date == NOW.date()
    assert RepoSnapshot.objects.count() == 2


def test_one_bad_row_is_kept_aside_with_its_reason(warehouse: Warehouse) -> None:
    good = [rest_item(n, f"a/n{n}") for n in range(1, 6)]
    warehouse.publish([*good, rest_item(6, "not a name")])
    reject = RejectedRepo.objects.get()
    assert (reject.github_id, reject.reason) == (6, "the name is not of the form owner/name")
    assert reject.raw_repo is not None
    assert RepoSnapshot.objects.count() == 5


def test_more_than_a_fifth_rejected_fails_the_stream_and_yesterday_stays(warehouse: Warehouse) -> None:
    warehouse.publish([rest_item(n, f"a/n{n}") for n in range(1, 5)])
    items = [rest_item(1, "a/n1", stars=5), rest_item(2, "a/n2"), rest_item(3, "a/n3"), rest_item(4, "??")]
    warehouse.publish(items, now=NOW + DAY)
    assert "1 of 4 repositories were rejected" in warehouse.report.failed["python"]
    assert set(TrendingRepo.objects.values_list("snapshot_date", flat=True)) == {NOW.date()}
    assert StagedRepo.objects.get(github_id=1).stars == 1000


HOSTILE = {
    "markup": "<script>alert(1)</script>",
    "formula": '=HYPERLINK("http://x","y")',
    "right to left": "\u202eevil",
    "emoji": "👩\u200d💻 " * 50,
    "very long": "x" * 50_000,
    "other scripts": "漢字 العربية",
    "an astral plane": "\U0001f600",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_descriptions_are_stored_as_they_are_but_not_endlessly(warehouse: Warehouse, text: str) -> None:
    warehouse.publish([rest_item(description=text, language="C++ <b>" if "<" in text else "Python")])
    assert version().description == text.strip()[:10_000]


def test_a_language_met_for_the_first_time_gets_its_row(warehouse: Warehouse) -> None:
    warehouse.publish([rest_item(language="Zig"), rest_item(2, "a/none", language=None)])
    assert LanguageDim.objects.get(language_name="Zig").language_category == "other"
    assert snapshot(2).language_id is None
    assert snapshot(2).rank_in_language is None


def test_service_types_that_render_does_not_document_are_counted_too(warehouse: Warehouse) -> None:
    text = "services:\n" + "".join(f"  - {{type: {kind}, name: n}}\n" for kind in ("web", "web", "private", "redis"))
    warehouse.publish([rest_item()], {1: {"files": files(render_yaml="o1")}}, {"o1": text})
    usage = dict(RenderUsage.objects.values_list("service__service_type", "service_count"))
    assert usage == {"web": 2, "private": 1, "keyvalue": 1}


def test_a_broken_render_yaml_still_counts_as_using_render_with_its_problem(warehouse: Warehouse) -> None:
    warehouse.publish([rest_item()], {1: {"files": files(render_yaml="o1")}}, {"o1": "[" * 100_000})
    enrichment = RenderEnrichment.objects.get()
    assert version().uses_render
    assert enrichment.problem
    assert enrichment.service_count is None
    assert not RenderUsage.objects.exists()


def test_quality_is_high_when_everything_is_known_and_falls_with_age(warehouse: Warehouse) -> None:
    known = {"star_history": star_history(1), "commits": commits(1), "issues": issues(1), "files": files(readme="o1")}
    warehouse.publish([rest_item()], {1: known}, {"o1": "# Tool"})
    assert StagedRepo.objects.get().data_quality_score == Decimal("1.00")
    execution = warehouse.execution(NOW + 3 * DAY)
    warehouse.load(execution, {"python": [1]}, NOW + 3 * DAY)
    assert Decimal("0.5") < StagedRepo.objects.get().data_quality_score < Decimal("0.8")


def test_a_week_without_a_push_has_no_commits_though_nobody_asked(warehouse: Warehouse) -> None:
    warehouse.publish([rest_item(pushed_at="2026-11-01T00:00:00Z")])
    assert (snapshot().commits_last_7_days, snapshot().active_contributors) == (0, 0)


def test_loading_takes_the_same_number_of_statements_for_each_thousand_rows(
    warehouse: Warehouse,
) -> None:
    counts = []
    for size, start in ((400, 0), (800, 1000)):
        items = [rest_item(start + n, f"a/n{start + n}") for n in range(1, size + 1)]
        execution = warehouse.execution(NOW + timedelta(days=start))
        warehouse.receive(execution, items)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            warehouse.load(execution, {f"s{start}": [item["id"] for item in items]}, NOW + timedelta(days=start))
        counts.append(len(queries))
    assert counts[1] <= 2 * counts[0]


def test_day_boundaries_are_those_of_utc(warehouse: Warehouse) -> None:
    late = datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)
    warehouse.publish([rest_item()], now=late)
    warehouse.publish([rest_item(stars=1001)], now=late + timedelta(seconds=2))
    days = RepoSnapshot.objects.order_by("snapshot_date").values_list("snapshot_date", flat=True)
    assert list(days) == [date(2026, 11, 21), date(2026, 11, 22)]


def test_a_files_metric_of_a_wrong_shape_costs_its_own_repository_alone(warehouse: Warehouse) -> None:
    metrics = {1: {"files": {"tree": [["render.yaml"]]}}, 2: {"files": files(render_yaml="o1")}}
    warehouse.publish([rest_item(1), rest_item(2, "a/two")], metrics, {"o1": RENDER_YAML})
    assert version(1).uses_render is None
    assert version(2).uses_render


def test_a_reading_of_an_earlier_day_leaves_the_last_day_unknown_but_not_the_week(warehouse: Warehouse) -> None:
    warehouse.publish([rest_item(stars=1000)], {1: {"star_history": star_history(4, 6)}})
    warehouse.publish([rest_item(stars=1030)], now=NOW + 2 * DAY)
    fact = snapshot(day=(NOW + 2 * DAY).date())
    assert fact.stars_gained_24h is None
    assert fact.stars_gained_7d == 40


def test_stars_without_any_history_leave_the_gain_unknown(warehouse: Warehouse) -> None:
    empty = {"stars": 1000, "weeks": []}
    warehouse.publish(
        [rest_item(1), rest_item(2, "a/none", stars=0)], {1: {"star_history": empty}, 2: {"star_history": empty}}
    )
    assert snapshot(1).stars_gained_7d is None
    assert snapshot(2).stars_gained_7d == 0


def test_a_render_yaml_that_is_no_text_is_a_problem_not_a_file_still_to_be_read(warehouse: Warehouse) -> None:
    execution = warehouse.execution(NOW)
    warehouse.receive(execution, [rest_item()], {1: {"files": files(render_yaml="o1")}})
    RawFileContent.objects.create(oid="o1", byte_size=9, text=None, fetch_timestamp=NOW, execution=execution)
    warehouse.load(execution, {"python": [1]}, NOW)
    problem = RenderEnrichment.objects.get().problem
    assert problem
    assert "not been read" not in problem


def test_a_file_that_is_stored_already_is_not_counted_as_written(warehouse: Warehouse) -> None:
    execution = warehouse.execution(NOW)
    counts = [warehouse.receive(execution, [], texts={"o1": "text"}).rows["raw_file_contents"] for _ in range(2)]
    assert counts == [1, 0]


def test_the_star_days_written_are_counted_new_and_changed_ones_alike(warehouse: Warehouse) -> None:
    first = warehouse.publish([rest_item()], {1: {"star_history": star_history(3, 4)}})
    assert load_recent_star_days(first, TODAY) == 0  # published, so they stand already
    StarDay.objects.filter(day=TODAY).delete()
    StarDay.objects.filter(day=TODAY - DAY).update(stars_gained=99)
    assert load_recent_star_days(first, TODAY) == 2
