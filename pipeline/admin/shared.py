"""What the admin pages of all layers share: read-only pages, foreign texts shown safely, lists that stay cheap."""

import json
import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.text import Truncator

from pipeline.models import RepositoryDim, StreamState
from pipeline.reference import LANGUAGES

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    AnyPaginator = Paginator[Any]
else:
    ModelAdmin = admin.ModelAdmin
    AnyPaginator = Paginator

Column = Callable[[Any], Any]

COUNT_LIMIT = 100_000  # rows; counting goes no further in the tables that grow every hour
SHOWN_LIMIT = 50_000  # characters of one text on a detail page
UNKNOWN = "-"  # as Django shows an empty value
BIGINT_MAX = 2**63 - 1
HEAVY = (models.JSONField, models.TextField, models.BinaryField)
ADDRESSES = ("url", "repo_url", "deploy_button_url")
FILES = ("text", "readme_content", "render_yaml_content")  # their line breaks and indents say something


# -- Values ----------------------------------------------------------------------------------------------------


def external_link(address: object) -> str:
    """A link if `address` is one of http or https, else its plain text: any other scheme may be a trap."""
    text = str(address)
    if not re.fullmatch(r"https?://[^\s/]\S*", text, re.IGNORECASE):
        return text
    return format_html('<a href="{}" rel="noopener noreferrer nofollow">{}</a>', text, Truncator(text).chars(100))


def cut(text: str) -> str:
    """The text, or what of a very long one is shown; it says so then."""
    if len(text) <= SHOWN_LIMIT:
        return sendable(text)
    return f"{sendable(text[:SHOWN_LIMIT])}\n... ({len(text):,} characters, the first {SHOWN_LIMIT:,} are shown)"


def sendable(text: str) -> str:
    """The text without lone surrogates, which may stand in stored JSON but not in an answer."""
    return text.encode("utf-8", "backslashreplace").decode()


def preformatted(text: str) -> str:
    return format_html("<pre>{}</pre>", cut(text))


def pretty_json(value: object) -> str:
    return preformatted(json.dumps(value, indent=2, ensure_ascii=False))


# -- Columns of lists and fields of detail pages ---------------------------------------------------------------


def short(name: str, length: int = 80) -> Column:
    """A list's column for a text or JSON field: one line of at most `length` characters."""

    def value(row: Any) -> str | None:
        found = getattr(row, name)
        if not found:
            return None
        text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
        return Truncator(" ".join(sendable(text[: 4 * length]).split())).chars(length)

    return named(name, value)


def number(name: str, heading: str) -> Column:
    """A list's column under a heading shorter than the field's name, so that more of them fit on a screen."""
    column = named(name, lambda row: getattr(row, name))
    return admin.display(description=heading, ordering=name)(column)


def link_column(name: str) -> Column:
    return named(name, lambda row: external_link(getattr(row, name) or UNKNOWN))


@admin.display(description="run", ordering="execution_id")
def run_link(row: Any) -> str:
    """The run's number with a link; the run itself, a wide row, is not read for it."""
    address = reverse("admin:pipeline_workflowexecution_change", args=[row.execution_id])
    return format_html('<a href="{}">{}</a>', address, row.execution_id)


def shown_field(field: Any) -> str | Column:
    """How a detail page shows the model's field: Django's own way unless it would be hard to read or unsafe."""
    if isinstance(field, models.JSONField):
        render: Callable[[Any], str] = pretty_json
    elif field.name in ADDRESSES:
        render = external_link
    elif field.name in FILES:
        render = preformatted
    elif isinstance(field, models.TextField):
        render = cut
    else:
        return str(field.name)

    def value(row: Any) -> str:
        found = getattr(row, field.name)
        return UNKNOWN if found in (None, "") else render(found)

    return named(field.name, value)


def named(name: str, column: Column) -> Column:
    """Gives the column the field's name, by which Django finds its heading and its help text."""
    column.__name__ = name
    return admin.display(description=name.replace("_", " "))(column)


# -- Filters ---------------------------------------------------------------------------------------------------


class ChosenFilter(admin.SimpleListFilter):
    """Values known beforehand: Django's own filter would read the whole table to find the distinct ones."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(value, value) for value in self.choices_of()]

    def choices_of(self) -> Iterable[str]:
        raise NotImplementedError

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        # The address bar may hold anything; lookup_choices is what was offered.
        known = chosen in {value for value, _ in self.lookup_choices}
        return queryset.filter(**{self.parameter_name: chosen}) if known and self.parameter_name else queryset


class StreamFilter(ChosenFilter):
    title = parameter_name = "stream"

    def choices_of(self) -> Iterable[str]:
        followed = {language.slug for language in LANGUAGES.values() if language.stream}
        return sorted(followed.union(StreamState.objects.values_list("stream", flat=True)))


class SourceLanguageFilter(ChosenFilter):
    title, parameter_name = "source language", "source_language"

    def choices_of(self) -> Iterable[str]:
        return LANGUAGES


# -- Pages -----------------------------------------------------------------------------------------------------


class LeanChangeList(ChangeList):
    """A list that leaves long texts and JSON in the database unless it has a column for them."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        shown = {getattr(column, "__name__", column) for column in self.list_display}
        heavy = [field.name for field in self.model._meta.fields if isinstance(field, HEAVY)]
        return super().get_queryset(request, exclude_parameters).defer(*(name for name in heavy if name not in shown))


class TableAdmin(ModelAdmin):
    """A table that the pipeline alone writes: nobody adds, changes or deletes, the detail page shows every field."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Any, since the type stubs know of names only; Django itself takes functions of a row as well.
        return [shown_field(field) for field in self.model._meta.fields]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LeanChangeList


class SearchedTableAdmin(TableAdmin):
    """A read-only table that is searched by words or, on an index, by a whole number: a repository's or a run's."""

    search_help_text = "Name, or the whole GitHub id"
    number_field: str | None = "github_id"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if self.number_field is None or not term.isdecimal():
            return super().get_search_results(request, queryset, search_term)
        # No number of ours is larger, and each database refuses them in its own way.
        if len(term) > len(str(BIGINT_MAX)) or int(term) > BIGINT_MAX:
            return queryset.none(), False
        return queryset.filter(**{self.number_field: int(term)}), False


class BoundedPaginator(AnyPaginator):
    """Counts COUNT_LIMIT rows at most, so that a page of a huge table costs the same as one of a small."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]
        return rows.order_by()[:COUNT_LIMIT].count()


class HugeTableAdmin(SearchedTableAdmin):
    """A table that grows every hour: no count of the whole, no counts beside the filters."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and response.context_data:
            found = response.context_data["cl"].result_count
            if found >= COUNT_LIMIT:
                response.context_data["subtitle"] = f"The first {found:,} rows. Search or filter to see others."
        return response


class ByRepositoryAdmin(HugeTableAdmin):
    """A huge table that knows repositories by their id alone: a name is looked up among those of the dimension."""

    search_fields = ["github_id"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip()
        if not term or term.isdecimal():
            return super().get_search_results(request, queryset, search_term)
        named = RepositoryDim.objects.filter(repo_full_name__icontains=term)
        return queryset.filter(github_id__in=named.values("github_id")), False
