"""The Render page and a language's page as Chromium shows them, with texts and numbers of any size."""

from datetime import timedelta
from decimal import Decimal

import pytest

from dashboard.tests.builders import a_language_day, a_project, a_published_run, a_render_day, a_repo, a_service_day
from dashboard.tests.test_browser import WIDTHS, complaints, sticking_out

__all__ = ["complaints"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = ["/render/", "/language/python/", "/language/python/?sort=-forks&q=o", "/language/go/"]


def a_full_site() -> None:
    run = a_published_run(("python", "render"), status="partial", notes=["x" * 300], error_details=[{"stream": "go"}])
    extreme = {
        "description": "w" * 1400,
        "stars": 123_456_789,
        "stars_gained_7d": 12_345_678,
        "momentum_score": Decimal("1234567.8"),
    }
    a_project(
        run,
        "o" * 39 + "/" + "n" * 100,
        **extreme,
        service_counts={"t" * 100: 150} | {f"type-{number}": 5 for number in range(12)},
        service_count=210,
        render_complexity_score=Decimal(10),
        has_blueprint_button=True,
        deploy_button_url="https://render.com/deploy",
    )
    a_project(run, "render/sdk", "official", uses_render=True, service_count=None, problem="p" * 200)
    a_project(run, "staff/tool", "employee", uses_render=False, service_count=None)
    a_repo(
        run,
        "p" * 39 + "/" + "m" * 100,
        **extreme,
        forks=9_876_543,
        star_velocity=Decimal("98765432.1"),
        commits_last_7_days=1_234_567,
        issues_closed_last_7_days=1_234_567,
        active_contributors=1_234_567,
        rank_in_language=123_456,
        unknown_parts=["commits_last_7_days", "issues_closed_last_7_days", "active_contributors", "created_at"],
    )
    blank = ("stars_gained_7d", "momentum_score", "forks", "created_at", "description")
    a_repo(run, "octo/blank", **dict.fromkeys(blank))
    for back in range(12):
        day = run.snapshot_date - timedelta(days=back)
        a_language_day(day, repositories=4, stars=12_345_678_901, stars_gained_7d=12_345_678)
        a_render_day(day, stars=12_345_678_901)
        for name in ("web", "postgres", "t" * 100):
            a_service_day(day, name, services=1_234_567)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("address", PAGES)
def test_the_pages_fit_every_window(live_server, page, complaints, address, width):
    a_full_site()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(live_server.url + address)
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # The tables of charts scroll by themselves.
    page.evaluate("document.querySelectorAll('.chart').forEach((each) => each.remove())")
    assert sticking_out(page) == []
    assert complaints == []


def test_numbers_keep_their_names_where_the_table_becomes_cards(live_server, page):
    a_full_site()
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{live_server.url}/language/python/")
    cells = page.locator(".table--language tbody tr").first.locator("td")
    read = "each => getComputedStyle(each, '::before').content"
    assert [cells.nth(place).evaluate(read) for place in (2, 3, 4, 10)] == [
        '"Momentum"',
        '"Gained"',
        '"Stars"',
        '"Created"',
    ]
    assert all(cells.nth(place).is_visible() for place in range(11))


def test_a_deploy_link_is_not_covered_by_its_row(live_server, page):
    a_full_site()
    page.goto(f"{live_server.url}/render/")
    link = page.get_by_role("link", name="Deploy", exact=True).first
    box = link.bounding_box()
    assert box["height"] >= 24
    link.scroll_into_view_if_needed()
    box = link.bounding_box()
    hit = f"document.elementFromPoint({box['x'] + 4}, {box['y'] + box['height'] / 2}).textContent"
    assert page.evaluate(hit) == "Deploy"
