"""The runs page as Chromium shows it."""

from itertools import pairwise

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from dashboard.tests.builders import a_published_run, a_run, a_task
from pipeline.models import TaskRun, WorkflowExecution

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = [360, 768, 1440]
LATER = 3_500


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser objects to: errors, warnings and violations of the policy, which it writes to the console."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def a_hard_run() -> WorkflowExecution:
    long = "x" * 300
    a_published_run(("python", "go"))
    errors = [{"stream": "go", "error": long, "remedy": long}]
    run = a_published_run(
        status="partial",
        error_details=errors,
        notes=[long],
        rows_written={"raw_github_repos": 123_456_789, "fact_" + "y" * 60: 1},
    )
    whole = a_task(run, "github_to_raw", stream="")
    stream = a_task(run, "read stream", parent=whole)
    for number in range(30):
        status = "failed" if number % 9 == 0 else "success"
        a_task(run, parent=stream, status=status, attempts=1 + number % 3, error=long if status == "failed" else "")
    return run


def a_running_run() -> WorkflowExecution:
    run = a_run(status="running", finished_at=None, heartbeat_at=timezone.now())
    a_task(run)
    a_task(run, "hydrate", status="running", seconds=None, finished_at=None)
    return run


def sticking_out(page: Page) -> list[str]:
    """Elements that reach out of the window, those in a box of their own aside."""
    return page.evaluate(
        """() => [...document.querySelectorAll("main *")]
            .filter((each) => !each.closest(".gantt__scroll, .chart, pre, thead, svg"))
            .filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > innerWidth + 0.5)
            .map((each) => `${each.tagName} ${each.className} ${each.textContent.trim().slice(0, 40)}`)"""
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_fits_every_window(live_server, page, complaints, width, scheme):
    a_hard_run()
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/meta/?sort=seconds")
    page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert sticking_out(page) == []
    assert complaints == []


def test_the_empty_page_fits_a_phone(live_server, page, complaints):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{live_server.url}/meta/")
    assert page.get_by_text("make demo").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert complaints == []


def test_the_first_screen_says_whether_the_run_worked_and_what_failed(live_server, page):
    a_hard_run()
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/meta/")
    for words in ("The last run worked in part", "What failed", "What to do:", "Measured speedup"):
        assert page.get_by_text(words).first.bounding_box()["y"] < 900


def test_the_chart_scrolls_inside_its_own_box_with_its_names_in_sight(live_server, page):
    a_hard_run()
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{live_server.url}/meta/")
    box, name = page.locator(".gantt__scroll"), page.locator(".gantt__name").nth(1)
    before = name.bounding_box()["x"]
    box.evaluate("(each) => { each.scrollLeft = 200; }")
    assert box.evaluate("(each) => each.scrollLeft") == 200
    assert name.bounding_box()["x"] == before


def test_headings_are_in_order_and_targets_large_enough(live_server, page):
    a_hard_run()
    page.goto(f"{live_server.url}/meta/?sort=seconds")
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map((each) => Number(each.tagName[1]))")
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    small = page.evaluate(
        """() => [...document.querySelectorAll("main a, main summary")]
            .filter((each) => each.checkVisibility() && !each.closest("p"))
            .filter((each) => each.getBoundingClientRect().height < 23.5)
            .map((each) => `${each.className} ${each.textContent.trim().slice(0, 40)}`)"""
    )
    assert small == []


def test_a_row_of_the_list_leads_to_its_run(live_server, page):
    first = a_published_run(status="failed")
    a_published_run()
    page.goto(f"{live_server.url}/meta/")
    page.locator(".runs tbody tr").nth(1).locator("td").nth(3).click(force=True)  # the link lies over the row
    expect(page.locator("h1")).to_have_text(f"Run {first.pk} failed")


def test_progress_renews_itself_and_ends_with_the_run(live_server, page, complaints):
    run = a_running_run()
    page.clock.install()
    page.goto(f"{live_server.url}/meta/")
    box = page.locator("[data-progress]")
    expect(box).to_contain_text("1 of 2 tasks")
    expect(page.get_by_text("This page does not renew itself")).to_be_hidden()
    run.task_runs.update(status=TaskRun.Status.SUCCESS)
    page.clock.run_for(LATER)
    expect(box).to_contain_text("2 of 2 tasks")
    assert box.locator("progress").evaluate("(each) => each.value") == 2
    WorkflowExecution.objects.update(status="success", finished_at=timezone.now())
    page.clock.run_for(LATER)
    expect(box.locator("[aria-live=polite]")).to_have_text("The run has ended: success. Show how it went")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(4 * LATER)
    assert asked == []
    box.get_by_text("Show how it went").click()
    expect(page.locator("h1")).to_have_text("The last run worked")
    assert complaints == []


def test_progress_that_cannot_be_read_is_told_and_asked_for_again(live_server, page):
    a_running_run()
    page.clock.install()
    page.goto(f"{live_server.url}/meta/")
    page.route("**/progress.json*", lambda route: route.fulfill(status=503))
    page.clock.run_for(LATER)
    said = page.locator("[data-said]")
    expect(said).to_contain_text("could not be read")
    page.unroute("**/progress.json*")
    page.clock.run_for(11_000)
    expect(said).to_have_text("")


def test_without_scripts_the_page_says_to_reload(live_server, browser):
    a_running_run()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/meta/")
    assert page.get_by_text("reload it to see how far the run is").is_visible()
    context.close()
