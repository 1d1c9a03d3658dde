from datetime import date, timedelta

from dashboard.adoption import adoption, ecosystem_charts, language_charts, last_days
from dashboard.queries.render import EcosystemDay, ServiceDay
from pipeline.models.analytics import LanguageDay

MONDAY = date(2026, 11, 16)
DAYS = [MONDAY + timedelta(days=number) for number in range(3)]


def used(day: date, name: str, services: int, projects: int = 1) -> ServiceDay:
    return ServiceDay(day, name, f"What {name} is.", projects, services)


def lines(found) -> dict[str, list[int]]:
    return {series.name: list(series.values) for series in found.chart.series}


def of_four_types():
    rows = [used(day, name, number) for day in DAYS for name, number in (("web", 9), ("cron", 2), ("static", 4))]
    return adoption(DAYS, [*rows, used(DAYS[2], "postgres", 5, 3)], "projects", "Nothing.")


def test_the_two_types_with_the_most_services_have_lines_and_the_others_share_one():
    assert lines(of_four_types()) == {"web": [9, 9, 9], "postgres": [0, 0, 5], "2 other types": [6, 6, 6]}


def test_every_type_is_in_the_table_with_its_change_since_the_first_day():
    types = of_four_types().types
    assert [(each.name, each.projects, each.services, each.change) for each in types] == [
        ("web", 1, 9, 0),
        ("postgres", 3, 5, 5),
        ("static", 1, 4, 0),
        ("cron", 1, 2, 0),
    ]
    assert types[1].description == "What postgres is."


def test_a_third_type_alone_keeps_its_name():
    rows = [used(MONDAY, name, number) for name, number in (("web", 3), ("cron", 2), ("static", 1))]
    assert list(lines(adoption([MONDAY], rows, "projects", ""))) == ["web", "cron", "static"]


def test_a_type_that_is_gone_was_declared_0_times_on_later_days():
    found = adoption(DAYS, [used(DAYS[0], "worker", 2)], "projects", "")
    assert lines(found) == {"worker": [2, 0, 0]}
    assert (found.types[0].projects, found.types[0].services, found.types[0].change) == (0, 0, -2)


def test_of_one_day_no_change_is_known():
    assert adoption([MONDAY], [used(MONDAY, "web", 2)], "projects", "").types[0].change is None


def test_without_services_the_chart_says_so_and_there_is_no_table():
    found = adoption(DAYS, [], "projects", "No project has declared a service yet.")
    assert found.chart.is_empty
    assert found.chart.empty == "No project has declared a service yet."
    assert (found.types, found.first, found.last) == ([], None, None)


def test_the_sum_of_a_chart_is_the_sum_of_its_table():
    found = of_four_types()
    assert sum(series.values[-1] for series in found.chart.series) == sum(each.services for each in found.types)


def test_a_type_of_any_length_leaves_room_for_its_line():
    found = adoption([MONDAY], [used(MONDAY, "x" * 100, 1)], "projects", "")
    assert list(lines(found)) == ["x" * 23 + "…"]
    assert found.types[0].name == "x" * 100


def test_the_ecosystem_grows_in_projects_and_in_stars():
    projects, stars = ecosystem_charts([EcosystemDay(DAYS[0], 3, 40), EcosystemDay(DAYS[1], 4, 1050)])
    assert list(projects.series[0].values) == [3, 4]
    assert list(stars.series[0].values) == [40, 1050]
    assert stars.summary.endswith("2 days from 2026-11-16 to 2026-11-17: from 40 to 1,050.")


def test_charts_before_any_day_are_empty_and_of_one_day_say_so():
    assert all(chart.is_empty for chart in ecosystem_charts([]))
    assert all(chart.is_empty for chart in language_charts("Go", []))
    assert all(chart.is_single for chart in ecosystem_charts([EcosystemDay(MONDAY, 1, 2)]))


def test_a_languages_unknown_sums_stay_unknown():
    day = LanguageDay(language="Go", snapshot_date=MONDAY, stars_gained_7d=None, commits_last_7_days=5)
    gained, work = language_charts("Go", [day])
    assert gained.series[0].values == (None,)
    assert [series.values for series in work.series] == [(5,), (None,), (None,)]


def test_the_last_days_are_90_up_to_the_last_one():
    days = [LanguageDay(snapshot_date=MONDAY - timedelta(days=back)) for back in (200, 90, 89, 0)]
    assert last_days(days) == days[2:]
    assert last_days([]) == []
