"""Embeds in the frames of other pages, badges as pictures, and the comparison, as Chromium shows them."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from dashboard.tests.builders import a_published_run, a_repo, many_repos, star_days_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def host() -> Iterator[ThreadingHTTPServer]:
    """A page of somebody else's, at another origin; `server.page` is what it shows."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(self.server.page.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.page = ""
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def opened(page: Page, host: ThreadingHTTPServer, body: str) -> Page:
    host.page = f"<!doctype html><body>{body}</body>"
    page.goto(f"http://127.0.0.1:{host.server_address[1]}/")
    return page


@pytest.fixture
def complaints(page: Page) -> list[str]:
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def test_a_card_is_shown_inside_another_page(live_server, page, host, complaints):
    a_repo(a_published_run(), rank_overall=12)
    opened(
        page, host, f'<iframe src="{live_server.url}/embed/octo/widget/?theme=dark" width="400" height="200"></iframe>'
    )
    card = page.frame_locator("iframe")
    card.get_by_role("heading", name="octo/widget").wait_for()
    assert card.locator(".embed__rank").inner_text() == "Rank 12"
    assert card.locator("body").evaluate("each => getComputedStyle(each).backgroundColor") == "rgb(30, 33, 34)"
    assert card.locator("html").evaluate("each => each.scrollHeight <= 200 && each.scrollWidth <= 400")
    assert complaints == []


def test_other_pages_refuse_to_be_framed(live_server, page, host, complaints):
    a_repo(a_published_run())
    opened(page, host, f'<iframe src="{live_server.url}/"></iframe>')
    page.wait_for_timeout(300)
    assert any("frame" in words.lower() for words in complaints)
    assert "Ranking" not in (page.frames[-1].content() if len(page.frames) > 1 else "")


@pytest.mark.parametrize("width", [280, 360, 480])
def test_cards_fit_narrow_frames_whatever_the_names(live_server, page, complaints, width):
    run = a_published_run()
    repo = a_repo(run, "o" * 39 + "/" + "n" * 100, rank_overall=1, stars=123_456_789, stars_gained_7d=12_345_678)
    star_days_of(repo, [1, 2, 3])
    many_repos(run, 5)
    page.set_viewport_size({"width": width, "height": 400})
    for address in (f"/embed/{'o' * 39}/{'n' * 100}/", "/embed/top/", "/embed/top/?language=klingon"):
        page.goto(live_server.url + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


@pytest.mark.parametrize("name", ["widget", "nothing"])
def test_a_badge_is_drawn_as_a_picture_also_where_nothing_is_ranked(live_server, page, host, name):
    a_repo(a_published_run())
    opened(page, host, f'<img src="{live_server.url}/badge/octo/{name}.svg">')
    assert page.evaluate("document.images[0].naturalWidth") > 80


def test_the_words_of_a_badge_stay_in_their_halves(live_server, page):
    a_repo(a_published_run(), rank_overall=1234, stars_gained_7d=12_345_678)
    page.goto(f"{live_server.url}/badge/octo/widget.svg?label=WWWWWWWWiiiiii%20popularity")
    left, right = page.evaluate(
        "[...document.querySelectorAll('text')].map(each => each.getBBox()).map(b => [b.x, b.x + b.width])"
    )
    split, whole = page.evaluate(
        "[+document.querySelectorAll('rect')[2].getAttribute('x'), +document.documentElement.getAttribute('width')]"
    )
    assert 0 < left[0] < left[1] < split < right[0] < right[1] < whole


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("number", [0, 1, 2, 3, 4])
def test_the_comparison_fits_every_window(live_server, page, complaints, width, scheme, number):
    run = a_published_run()
    names = ["o" * 39 + "/" + "n" * 100, "octo/a", "octo/b", "octo/c"]
    for place, name in enumerate(names, 1):
        star_days_of(a_repo(run, name, rank_overall=place, stars=123_456_789, stars_gained_7d=12_345_678), [1, 5, 3])
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/compare/?repos={','.join(names[:number])}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".compare thead th").count() == (number + 1 if number > 1 else 0)
    assert complaints == []


def test_on_phones_the_first_column_stays_in_sight(live_server, page):
    many_repos(a_published_run(), 4)
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{live_server.url}/compare/?repos={','.join(f'octo/widget-{n:03}' for n in range(1, 5))}")
    box = page.locator(".compare-scroll")
    assert box.evaluate("each => each.scrollWidth > each.clientWidth")
    box.evaluate("each => { each.scrollLeft = 1000 }")
    edge = box.evaluate("each => each.getBoundingClientRect().left")
    assert page.locator(".compare tbody th").first.evaluate("each => each.getBoundingClientRect().left") == edge


def test_a_repository_is_added_by_the_form(live_server, page):
    many_repos(a_published_run(), 3)
    page.goto(f"{live_server.url}/compare/?repos=octo/widget-001,octo/widget-002")
    page.get_by_label("Add a repository").fill("https://github.com/octo/widget-003")
    page.get_by_role("button", name="Add").click()
    assert page.locator(".compare thead th").count() == 4
    page.get_by_role("link", name="Remove octo/widget-001").click()
    assert page.locator(".compare thead th").count() == 3
