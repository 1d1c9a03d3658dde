"""After a demo run and `make_marketing` every page for marketing is full, in Chromium: cards open, files download."""

import csv
import json
from io import BytesIO
from pathlib import Path
from zipfile import is_zipfile

import pytest
from django.core.management import call_command
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from dashboard.tests.test_browser_demo import serious_findings
from marketing.pages import PAGES
from pipeline import demo_run
from pipeline.models import TrendingRepo
from pipeline.run import RunOptions

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FORMS = ("CSV", "JSON", "XLSX")
PNG = b"\x89PNG\r\n\x1a\n"
SIZES = {(1200, 630), (1080, 1080)}
# A picture opened by itself is a page that Chromium writes, with styles of its own that this site's policy forbids.
DRAWN_SIZE = """async address => {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    return [picture.naturalWidth, picture.naturalHeight];
}"""
RENDER_YAML = "services:\n  - type: web\n    name: shop\n    runtime: python\n    startCommand: python app.py\n"


@pytest.fixture
def site(monkeypatch, live_server) -> str:
    """The site's address over a warehouse that the demo filled, as `make demo` does."""
    # The dimensions that a migration fills are emptied before a test that commits.
    call_command("migrate", "pipeline", "0002", verbosity=0)
    call_command("migrate", "pipeline", verbosity=0)
    monkeypatch.setattr(demo_run, "HISTORY_DAYS", (8, 1))
    demo_run.run_demo(RunOptions())
    call_command("make_marketing")
    call_command("sync_schedules", verbosity=0)
    return live_server.url


@pytest.fixture
def complaints(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_after_a_demo_run_every_page_for_marketing_is_full_and_usable(site, page, complaints, tmp_path):
    every_page_is_sound(page, site)
    the_hub_leads_to_pages_that_are_there(page, site)
    each_card_opens(page, site)
    each_file_downloads(page, site, tmp_path)
    a_widget_is_shown_as_others_will_see_it(page, site)
    a_render_yaml_is_read(page, site)
    assert complaints == []


def every_page_is_sound(page: Page, site: str) -> None:
    top = TrendingRepo.objects.order_by("rank_overall").values_list("repo_full_name", flat=True)[0]
    paths = [*(each.path for each in PAGES), f"/for-marketing/cards/{top}/", "/render/lint/"]
    for path in paths:
        for scheme, width in (("light", 1280), ("dark", 360)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 800})
            answer = page.goto(site + path)
            page.wait_for_load_state("networkidle")
            assert answer is not None
            assert answer.status == 200, path
            assert page.locator("section.empty, figure[data-failed]").count() == 0, path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert serious_findings(page, path) == [], f"{path}, {scheme}"
    page.set_viewport_size({"width": 1280, "height": 800})


def the_hub_leads_to_pages_that_are_there(page: Page, site: str) -> None:
    page.goto(f"{site}/for-marketing/")
    links = page.locator("main a").evaluate_all("links => links.map(link => link.href)")
    assert len(set(links)) > len(PAGES)
    for link in sorted(set(links)):
        assert link.startswith(site)
        assert page.request.get(link).status == 200, link
    assert page.get_by_text("None yet").count() == 0
    assert page.get_by_text("not enough runs yet").count() > 0


def each_card_opens(page: Page, site: str) -> None:
    """Those on the page and those that a link leads to: pictures of the two sizes, with words in place of them."""
    page.goto(f"{site}/for-marketing/cards/")
    pictures = page.locator("main img")
    assert pictures.count() >= 5
    assert all(len(words) > 20 for words in pictures.evaluate_all("all => all.map(each => each.alt)"))
    shown = pictures.evaluate_all("all => all.map(each => each.src)")
    linked = page.locator("main a[href$='.png']").evaluate_all("all => all.map(each => each.href)")
    for address in sorted({*shown, *linked}):
        answer = page.request.get(address)
        assert answer.status == 200, address
        assert answer.body().startswith(PNG)
        assert tuple(page.evaluate(DRAWN_SIZE, address)) in SIZES, address


def each_file_downloads(page: Page, site: str, folder: Path) -> None:
    page.goto(f"{site}/for-marketing/exports/")
    links = page.locator("main a[download]")
    names = set()
    for place in range(links.count()):
        with page.expect_download() as download:
            links.nth(place).click()
        file = folder / download.value.suggested_filename
        download.value.save_as(file)
        rows = {".csv": csv_rows, ".json": json_rows, ".xlsx": xlsx_rows}[file.suffix](file)
        assert rows > 0, file.name
        names.add(file.name)
    assert len(names) == links.count() >= 6 * len(FORMS)
    assert {Path(name).suffix for name in names} == {".csv", ".json", ".xlsx"}


def csv_rows(file: Path) -> int:
    with file.open(encoding="utf-8", newline="") as lines:
        heading, *rows = csv.reader(lines)
    assert all(len(row) == len(heading) for row in rows)
    return len(rows)


def json_rows(file: Path) -> int:
    found = json.loads(file.read_text(encoding="utf-8"))
    return len(found if isinstance(found, list) else next(each for each in found.values() if isinstance(each, list)))


def xlsx_rows(file: Path) -> int:
    assert is_zipfile(file)
    return load_workbook(BytesIO(file.read_bytes())).worksheets[0].max_row - 1


def a_widget_is_shown_as_others_will_see_it(page: Page, site: str) -> None:
    page.context.clear_cookies()  # of the pages with forms that are sent
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/for-marketing/widgets/")
    name = page.get_by_role("searchbox").get_attribute("placeholder") or ""
    card, top = page.frame_locator("iframe").nth(0), page.frame_locator("iframe").nth(1)
    expect(card.get_by_role("heading", level=1)).to_have_text(name)
    page.locator("iframe").nth(1).scroll_into_view_if_needed()
    expect(top.locator("li")).to_have_count(5)
    assert page.evaluate("[...document.images].every(each => each.naturalWidth > 0)")
    page.get_by_label("Theme of card and list").select_option("dark")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/widgets/?*theme=dark*")
    body = page.frame_locator("iframe").nth(0).locator("body")
    assert body.evaluate("each => getComputedStyle(each).backgroundColor") == "rgb(30, 33, 34)"
    page.get_by_role("button", name="Copy the card's HTML").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#card-1").inner_text()
    assert page.context.cookies() == []


def a_render_yaml_is_read(page: Page, site: str) -> None:
    page.goto(f"{site}/render/lint/")
    page.locator("main textarea").fill(RENDER_YAML)
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("shop")
