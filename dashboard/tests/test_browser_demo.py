"""After a demo run every page is full and true, in Chromium: what a newcomer sees after the first command."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command
from playwright.sync_api import Page, expect

from pipeline import demo_run
from pipeline.models import RenderShowcase, TrendingRepo
from pipeline.run import RunOptions

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SERIOUS = ("serious", "critical")
CHARTS = {"render": 3, "language": 3, "repo": 2, "meta": 3, "compare": 1}


@pytest.fixture
def after_a_demo_run(monkeypatch, live_server) -> dict[str, str]:
    """{page: address} over a warehouse that the demo filled through the whole pipeline."""
    # The dimensions that a migration fills are emptied before a test that commits.
    call_command("migrate", "pipeline", "0002", verbosity=0)
    call_command("migrate", "pipeline", verbosity=0)
    monkeypatch.setattr(demo_run, "HISTORY_DAYS", (8, 1))
    demo_run.run_demo(RunOptions())
    call_command("sync_schedules", verbosity=0)
    top = list(TrendingRepo.objects.order_by("rank_overall").values_list("repo_full_name", flat=True)[:2])
    project = RenderShowcase.objects.filter(service_count__gt=2, problem=None).order_by("rank_overall").first()
    return {
        "home": live_server.url,
        "cards": f"{live_server.url}/?view=cards",
        "render": f"{live_server.url}/render/",
        "language": f"{live_server.url}/language/python/",
        "repo": f"{live_server.url}/repo/{project.repo_full_name}/",
        "meta": f"{live_server.url}/meta/",
        "compare": f"{live_server.url}/compare/?repos={','.join(top)}",
        "docs": f"{live_server.url}/api/v1/docs",
        "nowhere": f"{live_server.url}/nowhere/",
    }


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser objects to, but for the status of a page that is not there."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_after_a_demo_run_every_page_is_full_and_usable(after_a_demo_run, page, complaints):
    every_page_is_sound(page, after_a_demo_run, complaints)
    the_ranking_can_be_filtered_and_sorted(page, after_a_demo_run["home"])
    a_row_leads_to_its_repository(page, after_a_demo_run["home"])
    the_theme_can_be_chosen_and_stays(page, after_a_demo_run["home"])
    assert [text for text in complaints if "404" not in text] == []


def every_page_is_sound(page: Page, addresses: dict[str, str], complaints: list[str]) -> None:
    for name, address in addresses.items():
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(address)
            if name in CHARTS:
                drawn = page.locator("figure[data-drawn=true]")
                expect(drawn.nth(CHARTS[name] - 1)).to_be_attached()
                assert page.locator("figure[data-failed]").count() == 0
            assert serious_findings(page, name) == [], f"{name}, {scheme}"
    assert page.locator("body").inner_text().count("unknown") < 50


def serious_findings(page: Page, name: str) -> list[str]:
    """axe-core's findings that keep people out; inside the API's own documentation only those of our frame."""
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    context = {"exclude": [[".swagger-ui"]]} if name == "docs" else None
    found = Axe().run(page, context=context, options=options).response["violations"]
    return [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for each in found
        if each["impact"] in SERIOUS
        for node in each["nodes"][:3]
    ]


def the_ranking_can_be_filtered_and_sorted(page: Page, home: str) -> None:
    page.goto(home)
    everything = page.locator("h2#ranking-title").inner_text()
    page.get_by_label("Language").select_option("go")
    page.wait_for_url(re.compile(r"\?language=go$"))
    assert set(page.locator("tbody tr td:nth-child(3)").all_inner_texts()) == {"Go"}
    page.get_by_role("link", name="Stars", exact=True).click()
    page.wait_for_url(re.compile("sort=stars"))
    stars = [int(text.replace(",", "")) for text in page.locator("tbody tr td:nth-child(4)").all_inner_texts()]
    assert stars == sorted(stars, reverse=True)
    assert page.locator("th[aria-sort=descending]").inner_text() == "Stars"
    page.get_by_label("30 d", exact=True).check()
    page.wait_for_url(re.compile("window=30d"))
    page.go_back()
    page.go_back()
    page.go_back()
    expect(page.locator("h2#ranking-title")).to_have_text(everything)
    expect(page.get_by_label("Language")).to_have_value("")


def a_row_leads_to_its_repository(page: Page, home: str) -> None:
    page.goto(home)
    name = page.locator("tbody tr .row__name").first.inner_text()
    page.locator("tbody tr td:nth-child(4)").first.click(force=True)  # the link lies over the whole row
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def the_theme_can_be_chosen_and_stays(page: Page, home: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(home)
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_label("Dark", exact=True).check()
    page.goto(f"{home}/render/")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.get_by_label("System", exact=True).check()
