"""How machines are answered: one form of error, readable from any site, the same until a run is published."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.cache import patch_cache_control
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt

from dashboard.cache import until_published

logger = logging.getLogger("django.request")

READING = ("GET", "HEAD")
ALLOWED = "GET, HEAD, OPTIONS"
NOT_FOUND = "There is nothing at this address. /api/v1/ lists what there is; addresses have no slash at the end."
INTERNAL = "Something went wrong here. The error is in the server's log."

View = Callable[..., HttpResponseBase]


class Problem(Exception):
    """An answer other than the one asked for. `parameter` names the one to mend, where it is one."""

    def __init__(self, status: int, code: str, message: str, parameter: str | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.parameter = status, code, message, parameter


def not_found(message: str = NOT_FOUND) -> Problem:
    return Problem(404, "not_found", message)


def error_answer(problem: Problem) -> HttpResponse:
    """{"error": {"code", "message", "parameter"}}, the form of every error."""
    error = {"code": problem.code, "message": problem.message, "parameter": problem.parameter}
    return JsonResponse({"error": error}, status=problem.status)


def for_machines(view: View) -> View:
    """A view that is only read: HEAD as GET, other methods and every error in the one form, open to other sites."""
    read = until_published(view)  # type: ignore[arg-type]

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = _answer(read, request, *args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        patch_cache_control(response, no_cache=True)
        return response

    return answered


def _answer(read: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers={"Allow": ALLOWED, "Access-Control-Allow-Methods": ALLOWED})
    if request.method not in READING:
        response = error_answer(Problem(405, "method_not_allowed", "This address is only read: GET, HEAD or OPTIONS."))
        response.headers["Allow"] = ALLOWED
        return response
    method, request.method = request.method, "GET"
    try:
        return read(request, *args, **kwargs)
    except Exception as error:  # noqa: BLE001 - a machine gets an answer it can read, the log the traceback
        return answer_to(error, request)
    finally:
        request.method = method


def answer_to(error: Exception, request: HttpRequest) -> HttpResponse:
    if isinstance(error, Problem):
        return error_answer(error)
    if isinstance(error, Http404):
        return error_answer(not_found())
    logger.error("Internal Server Error: %s", request.path, exc_info=error, extra={"status_code": 500})
    return error_answer(Problem(500, "internal_error", INTERNAL))


@for_machines
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answers addresses of the API that do not exist."""
    raise not_found()


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: what failed outside of any view is told to machines in their form too."""
    if request.path.startswith("/api/"):
        return error_answer(Problem(500, "internal_error", INTERNAL))
    return defaults.server_error(request)
