"""The queue's entry points: what a part's failure costs, and what is said."""

import logging
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import call_command

from dashboard.tests.builders import a_published_run
from marketing import tasks
from marketing.models import PlatformReading

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
ENTRY_POINTS = {
    "weekly_assets": ["cards", "leads", "blueprint metrics"],
    "weekly_platform_report": ["platform report"],
    "monthly_blog_draft": ["blog draft"],
    "make_cards": ["cards"],
    "find_leads": ["leads"],
    "read_blueprints": ["blueprint metrics"],
}


@pytest.fixture
def called(monkeypatch):
    """[(part, now)] of the functions that were called; each returns "<part> made."."""
    calls = []

    def stub(part):
        def function(now):
            calls.append((part, now))
            return f"{part} made."

        return function

    for part in tasks.PARTS:
        monkeypatch.setitem(tasks.PARTS, part, stub(part))
    return calls


@pytest.mark.parametrize(("name", "parts"), ENTRY_POINTS.items())
@time_machine.travel(NOW, tick=False)
def test_an_entry_point_makes_its_parts_at_the_moment_and_says_so(called, name, parts):
    a_published_run()
    assert getattr(tasks, name)() == " ".join(f"{part} made." for part in parts)
    assert called == [(part, NOW) for part in parts]


@pytest.mark.parametrize("name", ENTRY_POINTS)
def test_before_anything_was_published_nothing_is_made(called, name):
    assert getattr(tasks, name)() == tasks.NOTHING_YET
    assert called == []


def failing(now):
    raise RuntimeError("GitHub answers\nwith 503.")


@pytest.mark.parametrize("part", ENTRY_POINTS["weekly_assets"])
def test_a_part_that_fails_costs_itself_and_the_task_ends_as_failed(called, monkeypatch, part):
    a_published_run()
    monkeypatch.setitem(tasks.PARTS, part, failing)
    with pytest.raises(tasks.PartsFailed) as failed:
        tasks.weekly_assets()
    others = [other for other in ENTRY_POINTS["weekly_assets"] if other != part]
    assert [made for made, _ in called] == others
    assert f"{part}: not made, GitHub answers with 503." in str(failed.value)
    assert all(f"{other} made." in str(failed.value) for other in others)


def test_an_error_without_words_is_told_by_its_kind():
    assert tasks.reason(KeyError()) == "KeyError"


def test_each_part_is_a_line_of_the_log_and_a_failure_has_its_traceback(called, monkeypatch, caplog):
    a_published_run()
    monkeypatch.setitem(tasks.PARTS, "leads", failing)
    with caplog.at_level(logging.INFO, "marketing.tasks"), pytest.raises(tasks.PartsFailed):
        tasks.weekly_assets()
    assert [(line.levelname, line.getMessage()) for line in caplog.records] == [
        ("INFO", "cards: cards made."),
        ("ERROR", "leads: not made"),
        ("INFO", "blueprint metrics: blueprint metrics made."),
    ]
    assert caplog.records[1].exc_info[0] is RuntimeError


def test_the_command_makes_all_parts_in_their_order(called, capsys):
    a_published_run()
    call_command("make_marketing")
    assert capsys.readouterr().out.splitlines() == [f"{part} made." for part in tasks.PARTS]


def test_the_command_ends_with_1_where_a_part_failed_after_making_the_others(called, monkeypatch, capsys):
    a_published_run()
    monkeypatch.setitem(tasks.PARTS, "cards", failing)
    with pytest.raises(SystemExit) as ended:
        call_command("make_marketing")
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert said.err.splitlines()[-1] == "cards: not made, GitHub answers with 503."
    assert said.out.splitlines() == [f"{part} made." for part in tasks.PARTS if part != "cards"]


def test_the_command_says_that_there_is_nothing_yet(capsys):
    call_command("make_marketing")
    assert capsys.readouterr().out.strip() == tasks.NOTHING_YET


@time_machine.travel(NOW, tick=False)
def test_the_first_time_in_a_demo_the_command_makes_platform_reports_of_earlier_weeks(called, capsys):
    a_published_run(is_demo=True)
    call_command("make_marketing")
    earlier = [(part, (NOW - now).days) for part, now in called if now < NOW]
    assert earlier == [("platform report", 14), ("platform report", 7)]
    assert capsys.readouterr().out.count("made-up history: platform report made.") == 2


@pytest.mark.parametrize("is_demo", [True, False])
def test_there_is_no_made_up_history_on_real_data_or_beside_a_report(called, is_demo):
    a_published_run(is_demo=is_demo)
    if is_demo:
        PlatformReading.objects.create(platform="render", report_date=NOW.date(), created_at=NOW)
    call_command("make_marketing")
    assert [part for part, _ in called] == list(tasks.PARTS)
