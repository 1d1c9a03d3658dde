"""Charts, the theme switch and living times as Chromium shows them, on a page that only the tests have."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from playwright.sync_api import Locator, Page, expect

from dashboard.charts import Chart, Series, sparkline
from dashboard.templatetags.figures import ago

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("dashboard.tests.test_browser_charts"),
]

WIDTHS = [360, 1440]
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
# --accent of tokens.css
ACCENT = {"light": "rgb(12, 106, 117)", "dark": "rgb(98, 193, 200)"}

PAGE = """{% load static %}<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>Charts</title>
  <link rel="icon" href="{% static 'favicon.svg' %}" type="image/svg+xml">
  <script src="{% static 'js/theme.js' %}"></script>
  <link rel="stylesheet" href="{% static 'css/tokens.css' %}">
  <link rel="stylesheet" href="{% static 'css/base.css' %}">
  <link rel="stylesheet" href="{% static 'css/frame.css' %}">
  <link rel="stylesheet" href="{% static 'css/switch.css' %}">
  <link rel="stylesheet" href="{% static 'css/chart.css' %}">
  <link rel="stylesheet" href="{% static 'css/spark.css' %}">
  <script src="{% static 'vendor/chartjs/chart.umd.min.js' %}" defer></script>
  <script src="{% static 'js/charts.js' %}" defer></script>
  <script src="{% static 'js/controls.js' %}" defer></script>
</head>
<body>
  <main class="page">
    {% include "_theme_switch.html" %}
    {% for moment in relative %}<p><time datetime="{{ moment.isoformat }}" data-relative>then</time></p>{% endfor %}
    {% for moment in due %}<p><time datetime="{{ moment.isoformat }}" data-countdown>then</time></p>{% endfor %}
    {% for spark in sparks %}{% include "dashboard/_sparkline.html" %}{% endfor %}
    {% for chart in charts %}{% include "dashboard/_chart.html" %}{% endfor %}
  </main>
</body>
</html>
"""


def days(count: int) -> list[str]:
    return [(TODAY - timedelta(days=back)).isoformat() for back in reversed(range(count))]


def wave(count: int, height: int, shift: int = 0) -> list[int]:
    return [
        height + (index * 7 + shift) % 13 * height // 60 + index * height // count + height * (index // 7 % 3) // 9
        for index in range(count)
    ]


def all_charts() -> list[Chart]:
    gaps = [None if index in (4, 5, 7) else value for index, value in enumerate(wave(30, 30))]
    weeks = [(date(2026, 11, 15) - timedelta(weeks=back)).isoformat() for back in reversed(range(30))]
    return [
        Chart(
            "gained", "bar", "Stars gained a day", "From 20 to 90.", days(30), [Series("Stars gained", gaps)], "stars"
        ),
        Chart(
            "languages",
            "line",
            "Stars gained by language",
            "Python leads.",
            days(210),
            [
                Series("Python", wave(210, 900)),
                Series("TypeScript", wave(210, 620, 5), "muted"),
                Series("Go", [None] * 30 + wave(180, 240, 9), "third"),
            ],
            "stars",
        ),
        Chart(
            "total",
            "line",
            "Stars in all",
            "From 12,000 to 14,000.",
            weeks,
            [
                Series("Stars", [12_000 + 70 * week for week in range(30)]),
                Series("Velocity", [2 + week % 5 / 2 for week in range(30)], "muted", "right"),
            ],
            "stars",
            "%",
        ),
        Chart(
            "services",
            "stacked",
            "Services of Render by category",
            "Web services are most frequent.",
            ["web", "worker", "a service with a name that is far too long", "postgres"],
            [
                Series("official", [30, 4, 2, None]),
                Series("community", [80, 21, 0, 40], "muted"),
                Series("employee", [5, 1, 0, 9], "third"),
            ],
            "services",
            is_time=False,
        ),
        Chart("names", "bar", "Median score", "Go.", ["Python", "Go"], [Series("Score", [81.25, 90])], is_time=False),
        Chart(
            "runs",
            "stacked",
            "Tasks a run",
            "All succeeded.",
            [f"2026-11-{20 + hour // 24:02}T{hour % 24:02}:03:11" for hour in range(36)],
            [Series("succeeded", wave(36, 20)), Series("failed", [0, 3] * 18, "third")],
            "tasks",
        ),
        Chart("one", "line", "Repositories", "1,234 on the only day.", days(1), [Series("Repositories", [1234])]),
        Chart("onebar", "bar", "Repositories", "1,234 on the only day.", days(1), [Series("Repositories", [1234])]),
        Chart(
            "onestack", "stacked", "Tasks", "One run.", days(1), [Series("done", [90]), Series("failed", [10], "third")]
        ),
        Chart("none", "line", "Repositories without a day", "Nothing.", [], [Series("Repositories", [])]),
    ]


def view(request: HttpRequest) -> HttpResponse:
    context = {
        "charts": all_charts(),
        "sparks": [sparkline(wave(30, 12)), sparkline([None] * 30), sparkline([3, None, 5, 6, None])],
        "relative": [NOW - timedelta(seconds=40), NOW - timedelta(minutes=2, seconds=45), NOW - timedelta(days=1200)],
        "due": [NOW + timedelta(minutes=12, seconds=20), NOW + timedelta(seconds=50), NOW - timedelta(minutes=3)],
    }
    return HttpResponse(engines["django"].from_string(PAGE).render(context, request))


urlpatterns = [path("", view)]


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser objects to: errors, warnings and violations of the policy, which it writes to the console."""
    found: list[str] = []
    page.on("console", lambda message: found.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("figure[data-drawn=true]")).to_have_count(len(all_charts()) - 1)


def pixels(canvas: Locator, colour: str) -> int:
    """How many pixels of the picture have this colour, as in "rgb(12, 106, 117)"."""
    return canvas.evaluate(
        """(canvas, colour) => {
            const [red, green, blue] = colour.match(/[0-9]+/g).map(Number);
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            let count = 0;
            for (let i = 0; i < data.length; i += 4) {
                count += data[i] === red && data[i + 1] === green && data[i + 2] === blue && data[i + 3] === 255;
            }
            return count;
        }""",
        colour,
    )


# -- Charts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_charts_are_drawn_in_every_window_and_theme(live_server, page, complaints, width, scheme):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    open_page(page, live_server.url)
    for figure in page.locator("figure[data-chart]").all():
        assert pixels(figure.locator("canvas"), ACCENT[scheme]) > 20, figure.get_attribute("id")
        assert figure.locator("canvas").bounding_box()["width"] <= width
    assert page.locator("#none canvas").count() == 0
    assert page.locator("#none").get_by_text("Nothing is known yet").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []


def test_over_an_only_bar_stands_one_whole_label(live_server, page):
    page.add_init_script(
        """window.written = [];
        const write = CanvasRenderingContext2D.prototype.fillText;
        CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
            window.written.push({ figure: this.canvas.closest("figure")?.id, text, x, y });
            write.call(this, text, x, y);
        };"""
    )
    open_page(page, live_server.url)
    page.wait_for_function("written.some((each) => each.figure === 'onestack')")
    labels = [
        each
        for each in page.evaluate("written")
        if each["figure"] == "onestack" and each["x"] > 100 and each["text"].isdecimal()
    ]
    assert {each["text"] for each in labels} == {"100"}
    assert all(each["y"] > 6 for each in labels)


def test_a_drawn_chart_keeps_its_table_closed_until_it_is_asked_for(live_server, page):
    open_page(page, live_server.url)
    table = page.locator("#gained table")
    assert not table.is_visible()
    page.locator("#gained summary").focus()
    page.keyboard.press("Enter")
    assert table.is_visible()
    assert table.locator("tbody tr").count() == 30


def test_nothing_moves_when_charts_are_drawn(live_server, page):
    open_page(page, live_server.url)
    page.wait_for_timeout(200)
    shift = page.evaluate(
        """() => new Promise((resolve) => {
            let sum = 0;
            new PerformanceObserver((list) => list.getEntries().forEach((entry) => { sum += entry.value; }))
                .observe({ type: "layout-shift", buffered: true });
            setTimeout(() => resolve(sum), 100);
        })"""
    )
    assert shift < 0.01


def test_colours_follow_the_theme(live_server, page):
    canvas = page.locator("#gained canvas")
    page.emulate_media(color_scheme="light")
    open_page(page, live_server.url)
    assert pixels(canvas, ACCENT["dark"]) == 0
    page.emulate_media(color_scheme="dark")
    assert pixels(canvas, ACCENT["dark"]) > 1000
    assert pixels(canvas, ACCENT["light"]) == 0
    page.get_by_role("radio", name="Light").check()
    assert pixels(canvas, ACCENT["light"]) > 1000
    assert pixels(canvas, ACCENT["dark"]) == 0


def test_the_values_under_the_pointer_have_a_unit(live_server, page):
    page.set_viewport_size({"width": 1440, "height": 800})
    open_page(page, live_server.url)
    tip = page.locator("#languages .chart__tip")
    assert not tip.is_visible()
    page.locator("#languages canvas").hover(position={"x": 80, "y": 60})
    expect(tip).to_be_visible()
    assert " 2026" in tip.locator("p").inner_text()
    assert tip.locator("dt").all_inner_texts() == ["Python", "TypeScript", "Go"]
    assert tip.locator("dd").nth(0).inner_text().endswith(" stars")
    assert tip.locator("dd").nth(2).inner_text() == "unknown"
    assert "tabular-nums" in tip.evaluate("each => getComputedStyle(each).fontVariantNumeric")
    page.mouse.move(0, 0)
    expect(tip).to_be_hidden()


def test_the_keyboard_passes_through_a_chart(live_server, page):
    open_page(page, live_server.url)
    page.locator("#gained summary").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('figure').id") == "languages"


@pytest.mark.parametrize("width", WIDTHS)
def test_without_scripts_the_table_is_the_chart(live_server, new_context, width):
    page = new_context(java_script_enabled=False, viewport={"width": width, "height": 800}).new_page()
    page.goto(live_server.url)
    assert page.locator("figure table").count() == len(all_charts()) - 1
    assert all(table.is_visible() for table in page.locator("figure table").all())
    assert not any(canvas.is_visible() for canvas in page.locator("canvas").all())
    assert not page.locator(".switch").is_visible()
    for region in page.locator(".chart__scroll").all():
        assert region.evaluate("each => each.scrollWidth <= each.clientWidth"), region.get_attribute("aria-label")


def test_a_script_that_does_not_arrive_leaves_the_tables(live_server, page):
    page.route("**/chart.umd.min.js", lambda route: route.abort())
    page.goto(live_server.url)
    expect(page.locator("#gained table")).to_be_visible()
    expect(page.locator("#gained canvas")).to_be_hidden()


# -- Theme -----------------------------------------------------------------------------------------------------


def theme(page: Page) -> str | None:
    return page.evaluate("document.documentElement.dataset.theme ?? null")


def test_the_chosen_theme_is_there_before_anything_is_painted(live_server, page, complaints):
    # The body is the first thing that could be painted; what holds when the parser comes to it is noted.
    page.add_init_script(
        """new MutationObserver(() => {
            if (document.body && !("atFirst" in window)) {
                window.atFirst = document.documentElement.dataset.theme ?? null;
            }
        }).observe(document, { childList: true, subtree: true });"""
    )
    page.emulate_media(color_scheme="light")
    page.goto(live_server.url)
    assert theme(page) is None
    page.get_by_role("radio", name="Dark").check()
    assert theme(page) == "dark"
    page.reload()
    assert page.evaluate("window.atFirst") == "dark"
    assert page.get_by_role("radio", name="Dark").is_checked()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 25, 26)"
    page.get_by_role("radio", name="System").check()
    page.reload()
    assert page.evaluate("window.atFirst") is None
    assert page.get_by_role("radio", name="System").is_checked()
    assert complaints == []


def test_the_switch_works_by_keyboard_and_is_large_enough(live_server, page):
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "system"
    page.keyboard.press("ArrowRight")
    assert theme(page) == "light"
    page.keyboard.press("ArrowRight")
    assert theme(page) == "dark"
    outline = "each => getComputedStyle(each).outlineStyle"
    assert page.locator(".switch input:focus-visible + span").evaluate(outline) == "solid"
    for choice in page.locator(".switch__choice").all():
        box = choice.bounding_box()
        assert box["height"] >= 24
        assert box["width"] >= 24


def test_a_theme_chosen_in_another_tab_holds_here_too(live_server, context):
    here, there = context.new_page(), context.new_page()
    here.goto(live_server.url)
    there.goto(live_server.url)
    there.get_by_role("radio", name="Dark").check()
    expect(here.locator("html")).to_have_attribute("data-theme", "dark")
    expect(here.get_by_role("radio", name="Dark")).to_be_checked()


def test_the_switch_works_where_storage_is_forbidden(live_server, page, complaints):
    page.add_init_script(
        """Object.defineProperty(window, "localStorage", {
            get() { throw new DOMException("no", "SecurityError"); },
        });"""
    )
    page.goto(live_server.url)
    page.get_by_role("radio", name="Dark").check()
    assert theme(page) == "dark"
    assert complaints == []


# -- Times -----------------------------------------------------------------------------------------------------


def test_times_stay_true_while_the_page_is_open(live_server, page):
    page.clock.install(time=NOW)
    page.goto(live_server.url)
    page.clock.pause_at(NOW + timedelta(seconds=10))
    page.clock.run_for(1)
    relative, due = page.locator("time[data-relative]"), page.locator("time[data-countdown]")
    assert relative.all_inner_texts() == ["just now", "2 minutes ago", "1,200 days ago"]
    assert due.all_inner_texts() == ["in 12 minutes", "in less than a minute", "overdue by 3 minutes"]
    page.clock.run_for(60_000)
    assert relative.all_inner_texts() == ["1 minute ago", "3 minutes ago", "1,200 days ago"]
    assert due.all_inner_texts() == ["in 11 minutes", "due now", "overdue by 4 minutes"]


@pytest.mark.parametrize(
    "age", [timedelta(seconds=-5), timedelta(seconds=59), timedelta(seconds=60), timedelta(hours=2), timedelta(days=1)]
)
def test_ages_have_the_words_of_the_server(live_server, page, age):
    page.clock.set_fixed_time(NOW)
    page.goto(live_server.url)
    page.locator("time[data-relative]").first.evaluate(
        "(each, moment) => { each.dateTime = moment; document.dispatchEvent(new Event('visibilitychange')); }",
        (NOW - age).isoformat(),
    )
    assert page.locator("time[data-relative]").first.inner_text() == ago(age)
