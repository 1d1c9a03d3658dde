"""Exports: what can be had as a file under the reader's filters, and the files themselves."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.api.answers import Problem
from dashboard.queries.moment import one_moment
from marketing.exports.asked import public_file
from marketing.exports.files import file_response
from marketing.exports.kinds import BY_NAME
from marketing.exports.page import exports_context


@require_safe
@cache_control(no_cache=True)
def exports(request: HttpRequest) -> HttpResponse:
    """The filters, and each export with its rows now, its columns and its links; four queries."""
    now = timezone.now()
    with one_moment():
        context = exports_context(request.GET, now)
    return render(request, "marketing/exports.html", context)


@require_safe
@cache_control(no_cache=True)
def download(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """One export as a file; what is no choice is answered by a sentence."""
    if name not in BY_NAME:
        raise Http404
    try:
        return file_response(public_file(request, BY_NAME[name]), form, is_head=request.method == "HEAD")
    except Problem as problem:
        return HttpResponse(f"{problem}\n", status=400, content_type="text/plain; charset=utf-8")
