"""The rows of a list in the admin as a file, under the list's own filters, for those who may see the list."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from dashboard.api.answers import Problem
from marketing.exports.asked import staff_file
from marketing.exports.files import file_response
from marketing.exports.kinds import BY_NAME

NO_SUCH_FILTER = "The address has a filter that the list does not know, or one with a value that it cannot use."


@require_safe
def staff_download(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """One list as a file. To be wrapped in the admin's own view, which asks for the login."""
    if name not in BY_NAME:
        raise Http404
    export = BY_NAME[name]
    listing: Any = admin.site.get_model_admin(export.model)
    if not listing.has_view_permission(request):
        raise PermissionDenied
    try:
        file = staff_file(export, rows_of_list(listing, request), request.GET.dict())
        return file_response(file, form, is_head=request.method == "HEAD")
    except Problem as problem:
        return HttpResponse(f"{problem}\n", status=400, content_type="text/plain; charset=utf-8")


def rows_of_list(listing: Any, request: HttpRequest) -> Any:
    """What the list shows on all its pages, in its order. Raises Problem."""
    # PostgreSQL refuses a NUL in any text, which the list itself does not expect.
    if any("\0" in value for values in request.GET.lists() for value in values[1]):
        raise Problem(400, "bad_parameter", NO_SUCH_FILTER)
    try:
        return listing.get_changelist_instance(request).queryset
    except IncorrectLookupParameters:
        raise Problem(400, "bad_parameter", NO_SUCH_FILTER) from None
