"""Dimensions: SCD2 versions of repositories, and rows for languages and services met for the first time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pipeline.etl import bulk
from pipeline.etl.batches import in_batches
from pipeline.models import LanguageDim, RenderEnrichment, RenderServiceDim, RepositoryDim, StagedRepo
from pipeline.reference import LANGUAGES, RENDER_SERVICES, UNLISTED_CATEGORY, UNLISTED_SIZE
from trender.id_lists import id_list

TRACKED = ("repo_full_name", "repo_url", "description", "language", "uses_render", "render_category")


def load_languages(names: Iterable[str | None]) -> dict[str, int]:
    """{language name: key}, with a new row for each name met for the first time."""
    wanted = {name for name in names if name}
    known = dict(LanguageDim.objects.values_list("language_name", "language_key"))
    new = [_language_row(name) for name in sorted(wanted - known.keys())]
    LanguageDim.objects.bulk_create(new, ignore_conflicts=True)
    return dict(LanguageDim.objects.values_list("language_name", "language_key")) if new else known


def load_services(types: Iterable[str]) -> dict[str, int]:
    """{service type: key}, likewise."""
    known = dict(RenderServiceDim.objects.values_list("service_type", "service_key"))
    new = [
        RenderServiceDim(
            service_type=name, service_description=RENDER_SERVICES.get(name, "Not a type Render documents.")
        )
        for name in sorted(set(types) - known.keys())
    ]
    RenderServiceDim.objects.bulk_create(new, ignore_conflicts=True)
    return dict(RenderServiceDim.objects.values_list("service_type", "service_key")) if new else known


def load_versions(
    staged: Sequence[StagedRepo], enrichments: dict[int, RenderEnrichment], now: datetime, *, is_demo: bool
) -> dict[int, RepositoryDim]:
    """{github_id: current version}; a version is closed and a new one opened only where a tracked column changed."""
    versions = RepositoryDim.objects.filter(github_id__among=id_list(row.github_id for row in staged), is_current=True)
    current = {row.github_id: row for row in versions}
    closed, opened, mended = [], [], []
    for repo in staged:
        known = current.get(repo.github_id)
        wanted = _tracked(repo, enrichments.get(repo.github_id), known)
        if known is not None and all(getattr(known, name) == wanted[name] for name in TRACKED):
            continue
        if known is not None and known.valid_from >= now:  # the same moment again: an interval can't be empty
            mended.append(_set(known, wanted))
            continue
        if known is not None:
            closed.append(known.repo_key)
        version = {"github_id": repo.github_id, "created_at": repo.created_at, "is_demo": is_demo}
        opened.append({**version, "valid_from": now, "is_current": True, **wanted})
    for keys in in_batches(closed):
        RepositoryDim.objects.filter(repo_key__in=keys).update(valid_to=now, is_current=False)
    RepositoryDim.objects.bulk_update(mended, TRACKED, batch_size=100)
    bulk.insert(RepositoryDim, opened)
    return current | {row.github_id: row for row in versions.filter(valid_from=now)} if opened else current


def _tracked(repo: StagedRepo, enrichment: RenderEnrichment | None, known: RepositoryDim | None) -> dict[str, Any]:
    """The tracked columns as they are now; what is unknown now stays as it was."""
    wanted: dict[str, Any] = {name: getattr(repo, name) for name in TRACKED if name != "render_category"}
    wanted["render_category"] = enrichment.render_category if enrichment else None
    if known is not None:
        unknown = set(repo.unknown_fields) & set(TRACKED)
        wanted |= {name: getattr(known, name) for name in unknown}
        if "uses_render" in unknown and enrichment is None:
            wanted["render_category"] = known.render_category
    return wanted


def _set(row: RepositoryDim, values: dict[str, Any]) -> RepositoryDim:
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _language_row(name: str) -> LanguageDim:
    listed = LANGUAGES.get(name)
    return LanguageDim(
        language_name=name,
        language_category=listed.category if listed else UNLISTED_CATEGORY,
        ecosystem_size=listed.ecosystem_size if listed else UNLISTED_SIZE,
    )
