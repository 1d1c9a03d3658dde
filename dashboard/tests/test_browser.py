"""The pages as Chromium shows them."""

from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page

from dashboard.tests.builders import a_published_run, a_repo, many_repos

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = [360, 768, 1440]


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser objects to: errors, warnings and violations of the policy, which it writes to the console."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def a_long_list() -> None:
    run = a_published_run(status="partial", notes=["x" * 300], error_details=[{"stream": "go"}])
    many_repos(run, 20)
    a_repo(
        run,
        "o" * 39 + "/" + "n" * 100,
        description="w" * 1400,
        language="Jupyter Notebook",
        stars=123_456_789,
        stars_gained_7d=12_345_678,
        momentum_score=Decimal("1234567.8"),
        uses_render=True,
        unknown_parts=["commits_last_7_days", "issues_closed_last_7_days", "active_contributors", "created_at"],
    )
    a_repo(run, "octo/unknown", stars_gained_7d=None, momentum_score=None, description=None, language=None)


def sticking_out(page: Page) -> list[str]:
    """Elements that reach out of the window or, with their text, out of themselves."""
    return page.evaluate(
        """() => [...document.querySelectorAll("main *, header *, footer *")]
            .filter((each) => !each.closest("thead, svg, .skip, .switch__legend, .row__description, .short bdi"))
            .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5
                || (each.clientWidth > 0 && each.scrollWidth > each.clientWidth + 1))
            .map((each) => `${each.tagName} ${each.className} ${each.textContent.trim().slice(0, 40)}`)"""
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_list_fits_every_window(live_server, page, complaints, width, scheme):
    a_long_list()
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.goto(live_server.url)
    assert page.locator("tbody tr").count() == 22
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert sticking_out(page) == []
    assert complaints == []


@pytest.mark.parametrize("width", WIDTHS)
def test_the_empty_page_fits_every_window(live_server, page, complaints, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(live_server.url)
    assert page.get_by_text("make demo").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


def test_cards_on_phones_show_the_same_facts(live_server, page):
    a_long_list()
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(live_server.url)
    first = page.locator("tbody tr").nth(1)
    assert [first.locator("td").nth(column).is_visible() for column in range(7)] == [True] * 7
    label = first.locator("td").nth(3).evaluate("each => getComputedStyle(each, '::before').content")
    assert label == '"Stars"'


def test_the_theme_follows_the_system_and_can_be_chosen(live_server, page):
    def background() -> str:
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.emulate_media(color_scheme="light")
    page.goto(live_server.url)
    light = background()
    page.emulate_media(color_scheme="dark")
    dark = background()
    assert light != dark
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    assert background() == light


def test_the_admin_works_under_the_policy(live_server, page, complaints):
    get_user_model().objects.create_superuser("boss", password="a long pass phrase")
    page.goto(f"{live_server.url}/admin/")
    page.fill("#id_username", "boss")
    page.fill("#id_password", "a long pass phrase")
    page.click("input[type=submit]")
    page.goto(f"{live_server.url}/admin/auth/user/")
    assert page.locator("#result_list tbody tr").count() == 1
    page.goto(f"{live_server.url}/admin/auth/user/add/")
    assert page.locator("#id_username").is_visible()
    assert complaints == []
