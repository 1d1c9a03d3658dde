"""Absolute addresses in answers, so that they can be followed from anywhere."""

from typing import NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from pydantic import BaseModel

from dashboard.api.parameters import LOOKS
from dashboard.filters import IGNORED_PREFIXES
from dashboard.languages import language_slug
from dashboard.paging import Paging
from dashboard.ranking import repo_href

API = "/api/v1"


class Links(BaseModel):
    """`page` is for people, `api` for machines."""

    page: str
    api: str


class RepoLinks(Links):
    history: str
    badge: str
    embed: str


class Steps(NamedTuple):
    next: str | None
    previous: str | None


def absolute(path: str) -> str:
    return f"{settings.TRENDER_BASE_URL}{path}"


def repo_links(full_name: str) -> RepoLinks:
    name = quote(full_name)
    return RepoLinks(
        page=absolute(repo_href(full_name)),
        api=absolute(f"{API}/repositories/{name}"),
        history=absolute(f"{API}/repositories/{name}/history"),
        badge=absolute(f"/badge/{name}.svg"),
        embed=absolute(f"/embed/{name}/"),
    )


def language_links(language: str) -> Links:
    slug = language_slug(language)
    return Links(page=absolute(f"/language/{slug}/"), api=absolute(f"{API}/trending?language={slug}"))


def run_links(run_id: int) -> Links:
    return Links(page=absolute(f"/meta/?run={run_id}"), api=absolute(f"{API}/runs/{run_id}"))


def steps(request: HttpRequest, paging: Paging) -> Steps:
    """The same request for the pages before and after."""
    before = min(paging.asked - 1, paging.pages)
    return Steps(
        next=_page(request, paging.asked + 1) if paging.asked < paging.pages else None,
        previous=_page(request, before) if before else None,
    )


def _page(request: HttpRequest, number: int) -> str:
    params = request.GET.copy()
    for name in list(params):
        if name in LOOKS or name.startswith(IGNORED_PREFIXES):
            del params[name]
    params["page"] = str(number)
    return absolute(f"{quote(request.path)}?{params.urlencode()}")
