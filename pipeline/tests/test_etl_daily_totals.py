"""The day's sums: over what is current, replaced by the day's next run, never rewritten for a day that has passed."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipeline.etl.daily_totals import TOTALS, load_daily_totals
from pipeline.etl.demo_rows import clear_demo_rows
from pipeline.models import LanguageDayFact, RenderDayFact, RenderServiceDayFact, RenderServiceTotalFact, RepoSnapshot
from pipeline.tests.builders import BUTTON, NOW, RENDER_YAML, TODAY, Warehouse, commits, files, rest_item, star_history

pytestmark = pytest.mark.usefixtures("warehouse_holds")
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
TEXTS = {"yaml": RENDER_YAML, "button": BUTTON}
USES_RENDER = {"files": files(render_yaml="yaml")}


@pytest.fixture
def warehouse() -> Warehouse:
    return Warehouse()


def languages(day: Any = TODAY) -> dict[str, tuple[int, int]]:
    """{language: (repositories, stars)} of a day."""
    rows = LanguageDayFact.objects.filter(snapshot_date=day)
    return {name: (count, stars) for name, count, stars in rows.values_list("language__language_name", *SUMS)}


SUMS = ("repositories", "stars")


def publish_python(warehouse: Warehouse, stars: int = 100, now: datetime = NOW) -> None:
    warehouse.publish([rest_item(1, "a/py", stars=stars)], {1: USES_RENDER}, TEXTS, stream="python", now=now)


def publish_go(warehouse: Warehouse, stars: int = 7, now: datetime = NOW) -> None:
    warehouse.publish([rest_item(2, "a/go", stars=stars, language="Go")], stream="go", now=now)


def test_a_language_is_the_sum_of_its_repositories(warehouse: Warehouse) -> None:
    known = {"star_history": star_history(2, 3), "commits": commits(10, 4)}
    warehouse.publish(
        [rest_item(1, "a/one", stars=1000), rest_item(2, "a/two", stars=500), rest_item(3, "a/none", language=None)],
        {1: {**known, **USES_RENDER}, 2: {**known, "star_history": star_history(1, stars=500)}},
        TEXTS,
    )
    row = LanguageDayFact.objects.get()
    assert (row.language.language_name, row.repositories, row.render_repositories, row.stars) == ("Python", 2, 1, 1500)
    assert (row.stars_gained_24h, row.stars_gained_7d) == (4, 6)
    assert (row.commits_last_7_days, row.active_contributors, row.issues_closed_last_7_days) == (20, 8, None)
    scores = RepoSnapshot.objects.filter(language=row.language).values_list("momentum_score", flat=True)
    assert row.momentum_total == sum(score for score in scores if score is not None) > Decimal(0)


def test_what_is_unknown_of_every_repository_is_unknown_of_the_language(warehouse: Warehouse) -> None:
    publish_go(warehouse)
    row = LanguageDayFact.objects.get()
    assert (row.stars_gained_24h, row.stars_gained_7d, row.momentum_total) == (None, None, None)


def test_render_projects_are_counted_by_category(warehouse: Warehouse) -> None:
    with_button = {"files": files(render_yaml="yaml", readme="button")}
    warehouse.publish(
        [rest_item(1, "a/one", stars=10), rest_item(2, "a/two", stars=20), rest_item(3, "a/other"),
         rest_item(4, "render-org/site", stars=5)],
        {1: {**USES_RENDER, "star_history": star_history(2, stars=10)}, 2: USES_RENDER, 3: {"files": files(x="o")},
         4: with_button},
        TEXTS,
    )  # fmt: skip
    rows = RenderDayFact.objects.values_list("render_category", *SUMS, "stars_gained_7d")
    assert set(rows) == {("community", 2, 30, 2), ("official", 1, 5, None)}


def test_service_types_are_counted_by_language_and_without_one(warehouse: Warehouse) -> None:
    two_webs = "services: [{type: web, name: a, runtime: go}, {type: web, name: b, runtime: go}]"
    warehouse.publish(
        [rest_item(1, "a/one"), rest_item(2, "a/two"), rest_item(3, "a/three", language=None)],
        {1: USES_RENDER, 2: {"files": files(render_yaml="webs")}, 3: USES_RENDER},
        {**TEXTS, "webs": two_webs},
    )
    columns = ("service__service_type", "language__language_name", "repositories", "services")
    assert set(RenderServiceDayFact.objects.values_list(*columns)) == {
        ("web", "Python", 2, 3), ("worker", "Python", 1, 1), ("web", None, 1, 1), ("worker", None, 1, 1),
    }  # fmt: skip


def test_service_types_are_counted_over_all_languages(warehouse: Warehouse) -> None:
    warehouse.publish(
        [rest_item(1, "a/one"), rest_item(2, "a/two", language="Go"), rest_item(3, "a/three", language=None)],
        {1: USES_RENDER, 2: USES_RENDER, 3: USES_RENDER},
        TEXTS,
    )
    columns = ("service__service_type", "snapshot_date", "repositories", "services")
    assert set(RenderServiceTotalFact.objects.values_list(*columns)) == {("web", TODAY, 3, 3), ("worker", TODAY, 3, 3)}
    publish_go(warehouse, now=NOW + HOUR)
    assert set(RenderServiceTotalFact.objects.values_list(*columns)) == {("web", TODAY, 3, 3), ("worker", TODAY, 3, 3)}


def test_a_stream_that_failed_today_counts_with_what_it_still_shows(warehouse: Warehouse) -> None:
    publish_python(warehouse)
    publish_go(warehouse)
    publish_go(warehouse, stars=9, now=NOW + DAY)
    tomorrow = (NOW + DAY).date()
    assert languages(tomorrow) == {"Python": (1, 100), "Go": (1, 9)}
    assert RenderDayFact.objects.get(snapshot_date=tomorrow).stars == 100
    assert RenderServiceDayFact.objects.filter(snapshot_date=tomorrow).count() == 2


def test_the_next_run_of_a_day_replaces_the_sums_of_the_day(warehouse: Warehouse) -> None:
    publish_python(warehouse)
    publish_go(warehouse)
    warehouse.publish([rest_item(3, "a/new", stars=50)], stream="python", now=NOW + HOUR)
    assert languages() == {"Python": (1, 50), "Go": (1, 7)}
    assert not RenderDayFact.objects.exists()
    assert not RenderServiceDayFact.objects.exists()
    assert not RenderServiceTotalFact.objects.exists()


def test_an_older_day_that_is_loaded_again_keeps_its_sums(warehouse: Warehouse) -> None:
    publish_python(warehouse)
    publish_python(warehouse, stars=300, now=NOW + 2 * DAY)
    publish_python(warehouse, stars=1, now=NOW + HOUR)
    assert languages() == {"Python": (1, 100)}
    publish_python(warehouse, stars=1, now=NOW + DAY)
    assert languages((NOW + DAY).date()) == {}
    assert languages((NOW + 2 * DAY).date()) == {"Python": (1, 300)}


@pytest.mark.django_db
def test_before_anything_is_published_there_is_nothing_to_add_up() -> None:
    assert load_daily_totals(TODAY) == 0


def test_the_sums_of_made_up_repositories_leave_with_them() -> None:
    publish_python(Warehouse(is_demo=True))
    clear_demo_rows()
    assert [model.objects.count() for model in TOTALS.values()] == [0, 0, 0, 0]
