from datetime import date
from decimal import Decimal

import pytest

from dashboard.ecosystem import categories, deploy_href, figures, gaps, lists, projects, service_words
from dashboard.queries.render import CategorySums
from pipeline.models.analytics import RenderShowcase

TODAY = date(2026, 11, 21)
REPO = "https://github.com/octo/shop"


def sums(category: str = "community", **given) -> CategorySums:
    facts = {"projects": 2, "stars": 30, "stars_gained_7d": 4, "services": 5, "with_file": 2}
    return CategorySums(
        category, **dict.fromkeys(("gain_unknown", "services_unknown", "button_unknown"), 0) | facts | given
    )


def showcase(name: str = "octo/shop", category: str = "community", **given) -> RenderShowcase:
    facts = {
        "repo_url": f"https://github.com/{name}",
        "uses_render": True,
        "snapshot_date": TODAY,
        "stars": 10,
        "service_counts": {"web": 2, "postgres": 1},
        "service_count": 3,
        "render_complexity_score": Decimal("2.3"),
        "has_blueprint_button": False,
    }
    return RenderShowcase(repo_full_name=name, render_category=category, **facts | given)


def test_services_are_words_in_the_order_of_the_file():
    assert service_words({"web": 2, "postgres": 1}) == "web 2, postgres 1"


def test_many_types_of_any_name_are_cut_short():
    words = service_words({"t" * 300: 1} | {f"type-{number}": 1 for number in range(9)})
    assert words.startswith("t" * 23 + "… 1, type-0 1, ")
    assert words.endswith(", 2 more types")


@pytest.mark.parametrize("counts", [{}, None, [], "web"])
def test_no_services_are_none_declared(counts):
    assert service_words(counts) == "none declared"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"service_count": None, "problem": "render.yaml has not been read yet"}, "render.yaml has not been read yet"),
        ({"service_count": None, "problem": "The YAML is too deep."}, "The YAML is too deep"),
        ({"uses_render": False, "service_count": None}, "no render.yaml"),
    ],
)
def test_a_project_without_known_services_says_why(given, words):
    assert words in projects([showcase(**given)])[0].services


def test_what_is_unknown_of_a_project_reads_unknown_and_never_0():
    unknown = {"service_count": None, "render_complexity_score": None, "stars_gained_7d": None}
    row = projects([showcase(**unknown, has_blueprint_button=None)])[0]
    cells = (row.services, row.complexity, row.gained, row.momentum, row.deploy)
    assert all("unknown" in cell for cell in cells)


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        (f"https://render.com/deploy?repo={REPO}", f"https://render.com/deploy?repo={REPO}"),
        ("https://render.com/deploy", f"https://render.com/deploy?repo={REPO}"),
        ("https://render.com/deploy?x=1", f"https://render.com/deploy?x=1&repo={REPO}"),
        (f"https://www.render.com/deploy?repo={REPO}", f"https://www.render.com/deploy?repo={REPO}"),
        ("http://render.com/deploy", None),
        ("https://render.com.evil.example/deploy", None),
        ("https://render.com@evil.example/deploy", None),
        ("https://evil.example/render.com/deploy", None),
        ("https://render.com\\@evil.example/deploy", None),
        ("https://render.com:8443/deploy", None),
        ("javascript:alert('https://render.com')", None),
        ("https://[render.com/deploy", None),
        ("", None),
        (None, None),
    ],
)
def test_only_https_render_com_is_a_deploy_button(address, leads_to):
    assert deploy_href(address, REPO) == leads_to


def test_a_button_of_a_repository_without_an_address_is_left_as_it_is():
    assert deploy_href("https://render.com/deploy", "javascript:alert(1)") == "https://render.com/deploy"


def test_lists_hold_10_official_15_community_and_10_employee_projects():
    kinds = ("official", "employee", "community")
    rows = [showcase(f"octo/{kind}-{number}", kind) for kind in kinds for number in range(20)]
    found = lists(rows)
    assert [len(each) for each in (found.official, found.community, found.employee)] == [10, 15, 10]


def test_blueprints_are_among_the_community():
    found = lists([showcase(category="blueprint"), showcase("octo/other")])
    assert len(found.community) == 2


def test_a_row_of_an_earlier_day_carries_its_day():
    rows = [showcase(), showcase("octo/late", snapshot_date=date(2026, 11, 19))]
    assert [("Of 2026-11-19" in row.badges) for row in projects(rows)] == [False, True]


def test_every_category_has_its_rule_and_zeros_without_projects():
    found = categories([sums("official")])
    assert [each.sums.render_category for each in found] == ["official", "employee", "blueprint", "community"]
    assert [each.sums.projects for each in found] == [2, 0, 0, 0]
    assert all(each.rule.endswith(".") and each.rule.count(".") - each.rule.count("render.yaml") == 1 for each in found)


def test_figures_add_up_what_is_known_and_say_how_much_is_not():
    found = figures([sums(), sums("official", services=None, services_unknown=2, gain_unknown=1)])
    assert [(each.name, each.value) for each in found] == [
        ("Projects", "4"),
        ("Stars", "60"),
        ("Stars gained", "+8"),
        ("Services declared", "5"),
    ]
    assert [each.detail for each in found[2:]] == ["in 7 days, 1 unknown", "in render.yaml files, 2 unknown"]


def test_sums_of_nothing_known_are_unknown():
    found = figures([sums(services=None, services_unknown=2, stars_gained_7d=None, gain_unknown=2)])
    assert [each.value for each in found[2:]] == ["unknown", "unknown"]


def test_what_is_not_known_is_told_in_sentences():
    assert gaps([sums()]) == []
    told = gaps([sums(services_unknown=1, button_unknown=3, gain_unknown=2), sums("official", button_unknown=5)])
    assert told[0].startswith("Of 1 project the services are unknown: the render.yaml has not been read yet")
    assert told[1].startswith("Of 3 projects the README has not been read yet")
    assert told[2] == "Of 2 projects the stars of 7 days are unknown and left out of the sums."
