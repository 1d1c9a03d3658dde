"""What the lists of marketing share: nothing is added or deleted by hand, a button makes more, files hold the rows."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path

from marketing.admin import make_now
from marketing.admin.make_now import Job

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class MadeByRuns(ModelAdmin):
    """Rows come and go with the runs: no adding or deleting, and changing only where a subclass has a field for it.

    `job` is what the list's button asks for. `export` is the file of marketing.exports.kinds with the list's rows.
    """

    actions: Any = None
    job: ClassVar[Job]
    export: ClassVar[str] = ""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @property
    def job_route(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_make_now"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.make_now_view)
        return [path("make-now/", view, name=self.job_route), *super().get_urls()]

    def make_now_view(self, request: HttpRequest) -> HttpResponse:
        """Hand the job to the worker; only for those who may change its rows, and only by the form of the list."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not make_now.may_ask(request, self.job):
            raise PermissionDenied
        make_now.hand_over(request, self.job)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        shown = {
            "job": self.job if make_now.may_ask(request, self.job) else None,
            "job_route": f"admin:{self.job_route}",
            "export": self.export,
        }
        return super().changelist_view(request, shown | (extra_context or {}))


class ReadOnlyAdmin(MadeByRuns):
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
