"""The API and its addresses."""

from typing import Any, NoReturn

from django.http import HttpRequest
from django.urls import URLPattern, path
from ninja import NinjaAPI

from dashboard.api.answers import for_machines, nothing_here
from dashboard.api.docs import SwaggerPage
from dashboard.api.endpoints import moved, router
from dashboard.api.parts import Moved

DESCRIPTION = """\
The data of every page as JSON, open to everybody, read only.

* Numbers are those of the pages; `null` is unknown and never 0. Decimals are JSON numbers with up to six places.
* Answers change when a run is published: send the `ETag` back as `If-None-Match` and an unchanged answer is a 304.
* Lists come in pages; `paging.next` is the address of the next one.
* Errors have one form: `{"error": {"code", "message", "parameter"}}`.
* The same tables as files, all rows: `/export/<table>.csv` and `.json` for `trending`, `render`, `languages`, `runs`, \
and `/export/history/<owner>/<name>.csv`. As an Atom feed: `/feeds/trending.atom`.
"""


def hand_on(request: HttpRequest, error: Any) -> NoReturn:
    """Errors are answered in one place, where those outside of operations arrive as well."""
    raise error


def addresses(api: NinjaAPI) -> tuple[list[URLPattern], str, str]:
    """The API's addresses, each answered as machines are, and one for everything else below them."""
    patterns: list[Any] = [*api.urls[0]]
    for pattern in patterns:
        pattern.callback = for_machines(pattern.callback)
    return [*patterns, path("<path:rest>", nothing_here)], "ninja", "api"


api = NinjaAPI(
    title="Trender",
    version="1",
    description=DESCRIPTION,
    docs=SwaggerPage(),
    urls_namespace="dashboard:api",
)
api.add_router("", router)
api.add_exception_handler(Moved, moved)
api.add_exception_handler(Exception, hand_on)
urls = addresses(api)
