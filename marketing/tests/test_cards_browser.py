"""Social cards as Chromium shows them: each opens, each can be downloaded, and they are as dark as they say."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page

from dashboard.tests.builders import a_project, a_published_run, a_repo, star_days_of
from marketing.assets import make_weekly_cards

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOADED = "pictures => pictures.every(each => each.complete && each.naturalWidth === Number(each.getAttribute('width')))"


@pytest.fixture
def complaints(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def sees_all_pictures(page: Page, number: int) -> None:
    """Each is scrolled to, as they are loaded when they come in sight, and has the size that was promised."""
    pictures = page.locator(".cardset__one img")
    assert pictures.count() == number
    for picture in pictures.all():
        picture.scroll_into_view_if_needed()
    page.wait_for_function(f"() => ({LOADED})([...document.querySelectorAll('.cardset__one img')])")


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_weeks_cards_are_all_there_and_nothing_is_cut_off(live_server, page, complaints, width, theme):
    run = a_published_run(("render",), is_demo=True)
    for number, name in enumerate(["n" * 290, "مكتبة", "文档助手", "🔥🚀", "widget"], 1):
        star_days_of(a_project(run, f"octo/{name}", stars_gained_7d=number, description=name * 3), [1, 2, number])
    make_weekly_cards(run.execution_date)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme)
    page.goto(f"{live_server.url}/for-marketing/cards/")
    sees_all_pictures(page, 20)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert complaints == []


def test_a_repository_is_found_and_its_cards_open_and_are_downloaded(live_server, page, complaints):
    star_days_of(a_repo(a_published_run(), rank_overall=1), [1, 2, 3])
    page.goto(f"{live_server.url}/for-marketing/cards/")
    page.get_by_label("A part of its name").fill("widg")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="octo/widget").click()
    sees_all_pictures(page, 4)
    assert page.get_by_label("Alt text").input_value().startswith("Card of the GitHub repository octo/widget.")
    found = {}
    for link in page.get_by_role("link", name="Download").all():
        with page.expect_download() as download:
            link.click()
        png = download.value.path().read_bytes()
        found[download.value.suggested_filename] = Image.open(io.BytesIO(png)).convert("RGB")
    assert {name: picture.size for name, picture in found.items()} == {
        "octo-widget-wide-light.png": (1200, 630),
        "octo-widget-wide-dark.png": (1200, 630),
        "octo-widget-square-light.png": (1080, 1080),
        "octo-widget-square-dark.png": (1080, 1080),
    }
    assert all((sum(picture.getpixel((1, 1))) < 384) == ("dark" in name) for name, picture in found.items())
    assert complaints == []
