"""The Render ecosystem made ready for a page: its figures, its categories and its projects. No database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.cells import MUTED_UNKNOWN, badge_list, external_link, name_link, number, table_body, title_cell
from dashboard.kept_rows import KeptRows
from dashboard.queries.render import COMMUNITY, SHOWN, CategorySums
from dashboard.ranking import aged, repo_href, shortened, web_link
from dashboard.runs.figures import Figure
from dashboard.templatetags.figures import UNKNOWN, count, gain, one_decimal
from pipeline.models.analytics import RenderShowcase

OFFICIAL_LISTED, COMMUNITY_LISTED, EMPLOYEE_LISTED = 10, 15, 10
DEPLOY_HOSTS = ("render.com", "www.render.com")
NO_BUTTON = SafeString('<span class="muted">none</span>')
MOST_TYPES, LONGEST_TYPE = 8, 24
NO_SERVICES = "the render.yaml has not been read yet, or could not be used. The row says which"
# In the order in which the first one that holds decides.
CATEGORIES = {
    "official": ("Official", "Its owner is one of Render's own organisations on GitHub."),
    "employee": ("Employee work", "Its owner is a listed employee of Render, and none of the organisations."),
    "blueprint": (
        "Community blueprint",
        "Somebody else's, with a render.yaml in the root of its default branch and a deploy button in its README.",
    ),
    "community": (
        "Community",
        "Somebody else's, with a render.yaml in the root and no deploy button known of.",
    ),
}


@dataclass(frozen=True, slots=True)
class Category:
    """One line of the table of categories."""

    name: str
    rule: str
    sums: CategorySums


@dataclass(frozen=True, slots=True)
class Project:
    """The pieces of one project's row, safe to put into a page as they are; `description` is text."""

    name: SafeString
    description: str
    badges: SafeString
    services: SafeString
    complexity: SafeString
    stars: SafeString
    gained: SafeString
    momentum: SafeString
    deploy: SafeString


KEPT: KeptRows[Any, Project] = KeptRows()
_shown = attrgetter(*SHOWN)


@dataclass(frozen=True, slots=True)
class Lists:
    """The page's projects by what they are, each by momentum."""

    official: list[Project]
    community: list[Project]
    employee: list[Project]


# -- Figures ---------------------------------------------------------------------------------------------------


def categories(sums: Sequence[CategorySums]) -> list[Category]:
    """Every category in the order of its rule; one without projects has zeros."""
    found = {each.render_category: each for each in sums}
    return [Category(name, rule, found.get(key, _none_of(key))) for key, (name, rule) in CATEGORIES.items()]


def _none_of(key: str) -> CategorySums:
    return CategorySums(key, 0, 0, 0, 0, 0, 0, 0, 0)


def figures(sums: Sequence[CategorySums]) -> list[Figure]:
    """What there is in all."""
    with_file = sum(each.with_file for each in sums)
    return [
        Figure("Projects", count(sum(each.projects for each in sums)), f"{with_file:,} with a render.yaml"),
        Figure("Stars", count(sum(each.stars for each in sums)), "of all projects"),
        Figure("Stars gained", gain(_sum(each.stars_gained_7d for each in sums)), _gain_detail(sums)),
        Figure("Services declared", count(_sum(each.services for each in sums)), _services_detail(sums)),
    ]


def _gain_detail(sums: Sequence[CategorySums]) -> str:
    missing = sum(each.gain_unknown for each in sums)
    return "in 7 days" if not missing else f"in 7 days, {missing:,} unknown"


def _services_detail(sums: Sequence[CategorySums]) -> str:
    missing = sum(each.services_unknown for each in sums)
    return "in render.yaml files" if not missing else f"in render.yaml files, {missing:,} unknown"


def _sum(values: Iterable[int | None]) -> int | None:
    """Of what is known; None if nothing is, though something should be."""
    found = list(values)
    known = [value for value in found if value is not None]
    return sum(known) if known or not found else None


def gaps(sums: Sequence[CategorySums]) -> list[str]:
    """Sentences on what is not known."""
    services = sum(each.services_unknown for each in sums)
    buttons = sum(each.button_unknown for each in sums if each.render_category == "community")
    stars = sum(each.gain_unknown for each in sums)
    told = [
        (
            services,
            f"the services are unknown: {NO_SERVICES}",
        ),
        (buttons, "the README has not been read yet; until then they count as community, button or not"),
        (stars, "the stars of 7 days are unknown and left out of the sums"),
    ]
    return [f"Of {amount:,} {'project' if amount == 1 else 'projects'} {words}." for amount, words in told if amount]


# -- Projects --------------------------------------------------------------------------------------------------


def lists(rows: Sequence[RenderShowcase]) -> Lists:
    """`rows` come by momentum."""
    newest = max((row.snapshot_date for row in rows), default=None)
    return Lists(
        official=projects([row for row in rows if row.render_category == "official"][:OFFICIAL_LISTED], newest),
        community=projects([row for row in rows if row.render_category in COMMUNITY][:COMMUNITY_LISTED], newest),
        employee=projects([row for row in rows if row.render_category == "employee"][:EMPLOYEE_LISTED], newest),
    )


def projects(rows: Sequence[RenderShowcase], newest: date | None = None) -> list[Project]:
    """The rows in their order; those older than `newest` (else the newest of them) carry a mark."""
    newest = newest or max((row.snapshot_date for row in rows), default=None)
    keys = [(*_shown(row), repr(row.service_counts), row.snapshot_date == newest) for row in rows]
    return KEPT.made(rows, keys, lambda missing: [_project(row, newest or row.snapshot_date) for row in missing])


def table_rows(rows: Sequence[Project]) -> SafeString:
    """The body of a table of projects."""
    return table_body(map(_pieces, rows))


def _pieces(row: Project) -> list[SafeString]:
    """In the order of the columns."""
    title = title_cell(row.name, row.badges, row.description or "No description")
    return [title, row.services, row.complexity, row.stars, row.gained, row.momentum, row.deploy]


def _project(row: Any, newest: date) -> Project:
    owner, _, name = row.repo_full_name.rpartition("/")
    return Project(
        name=name_link(repo_href(row.repo_full_name), owner, name),
        description=shortened(row.description or ""),
        badges=badge_list(aged(row, newest)),
        services=services_cell(row),
        complexity=number(one_decimal(row.render_complexity_score)) if has_file(row) else SafeString("–"),
        stars=number(count(row.stars)),
        gained=number(gain(row.stars_gained_7d)),
        momentum=number(one_decimal(row.momentum_score)),
        deploy=deploy_link(row),
    )


def has_file(row: RenderShowcase) -> bool:
    """Whether a render.yaml is there, or may be."""
    return row.uses_render is not False


def services_cell(row: RenderShowcase) -> SafeString:
    """ "web 2, postgres 1", or why that is not known."""
    if not has_file(row):
        return format_html('<span class="muted">{}</span>', "no render.yaml")
    if row.service_count is None:
        reason = row.problem.rstrip(".") if row.problem else ""
        return format_html('<span class="muted">{}: <bdi>{}</bdi></span>', UNKNOWN, reason) if reason else MUTED_UNKNOWN
    return format_html("<bdi>{}</bdi>", service_words(row.service_counts))


def service_words(counts: object) -> str:
    """From {type: services}, in the order of the file; a file may name types of its own."""
    pairs = list(counts.items()) if isinstance(counts, Mapping) else []
    named = [f"{_cut(str(name))} {amount:,}" for name, amount in pairs[:MOST_TYPES]]
    more = len(pairs) - MOST_TYPES
    rest = [f"{more} more {'type' if more == 1 else 'types'}"] if more > 0 else []
    return ", ".join([*named, *rest]) or "none declared"


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST_TYPE else f"{name[: LONGEST_TYPE - 1]}…"


def deploy_link(row: RenderShowcase) -> SafeString:
    """A link to Render's deploy page, if the README has such a button."""
    if row.has_blueprint_button is None and row.deploy_button_url is None:
        return MUTED_UNKNOWN
    href = deploy_href(row.deploy_button_url, row.repo_url)
    return external_link(href, "Deploy") if href else NO_BUTTON


def deploy_href(url: str | None, repo_url: str) -> str | None:
    """The button's address if it leads to https render.com and nowhere else, else None.

    A button that names no repository tells Render by the page it stands on; from here it has to be named.
    """
    address = web_link(url)
    if address is None:
        return None
    parts = urlsplit(address)
    # The whole authority is compared: a user name, a port or a backslash in it leads somewhere else.
    if parts.scheme != "https" or parts.netloc.lower() not in DEPLOY_HOSTS:
        return None
    if "repo" in parse_qs(parts.query) or not web_link(repo_url):
        return address
    return parts._replace(query=f"{parts.query}&repo={quote(repo_url, safe=':/')}".lstrip("&")).geturl()
