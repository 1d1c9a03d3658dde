"""The second arrow: the newest raw rows, typed and validated, one staging row a repository; rejects kept aside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipeline.etl import bulk
from pipeline.etl.batches import in_batches, without_cycle_search
from pipeline.etl.raw_rows import RawRepo, read_raw
from pipeline.etl.repo_facts import InvalidRepo
from pipeline.etl.staged_rows import BLUEPRINT, NOT_READ, Staged, stage_repo
from pipeline.models import RejectedRepo, RenderEnrichment, StagedRepo, WorkflowExecution
from pipeline.streams.context import RenderOwners
from trender.id_lists import id_list

CHUNK = 500
MOST_REJECTED = 0.20


@dataclass(frozen=True, slots=True)
class Member:
    github_id: int
    stream: str


@dataclass(slots=True)
class StagingReport:
    """What became of each stream: {stream: rows staged}, {stream: why it failed}, and the rejects."""

    staged: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    rejected: int = 0


def members_of(memberships: Iterable[tuple[str, Sequence[Sequence[Any]]]]) -> list[Member]:
    """Each repository once, in the first of the streams that holds it."""
    found: dict[int, Member] = {}
    for stream, members in memberships:
        for github_id, *_ in members:
            found.setdefault(github_id, Member(github_id, stream))
    return list(found.values())


@without_cycle_search()
def raw_to_staging(
    execution: WorkflowExecution, members: Sequence[Member], owners: RenderOwners, as_of: datetime
) -> StagingReport:
    """Stage the members' newest raw rows up to `as_of`.

    A stream of which more than a fifth is rejected is failed: its rows are not marked as this run's, so that what was
    published of it before stays.
    """
    bulk.compress_quickly()
    report = StagingReport()
    by_stream: dict[str, list[Member]] = {}
    for member in members:
        by_stream.setdefault(member.stream, []).append(member)
    for stream, rows in by_stream.items():
        staged, rejected = _validate(rows, owners, as_of)
        _keep_rejects(execution, stream, rejected)
        report.rejected += len(rejected)
        if len(rejected) > MOST_REJECTED * len(rows):
            reason = rejected[0][2]
            report.failed[stream] = f"{len(rejected)} of {len(rows)} repositories were rejected, such as: {reason}"
            continue
        _write(execution, stream, staged)
        report.staged[stream] = len(staged)
    return report


Reject = tuple[Member, RawRepo | None, str]


def _validate(members: Sequence[Member], owners: RenderOwners, as_of: datetime) -> tuple[list[Staged], list[Reject]]:
    staged: dict[str, Staged] = {}
    rejected: list[Reject] = []
    for chunk in in_batches(members, CHUNK):
        raws = read_raw([member.github_id for member in chunk], as_of)
        for member in chunk:
            raw = raws.get(member.github_id)
            try:
                if raw is None:
                    raise InvalidRepo("there is no raw row of it")
                row = stage_repo(raw, owners, as_of)
                name = row.values["repo_full_name"]
                if name in staged:
                    raise InvalidRepo(f"its name is also that of repository {staged[name].values['github_id']}")
                staged[name] = row
            except InvalidRepo as error:
                rejected.append((member, raw, str(error)))
    return list(staged.values()), rejected


def _keep_rejects(execution: WorkflowExecution, stream: str, rejected: Iterable[Reject]) -> None:
    RejectedRepo.objects.bulk_create(
        RejectedRepo(
            github_id=member.github_id,
            repo_full_name=raw.row.repo_full_name if raw else "",
            stream=stream,
            reason=reason,
            raw_repo=raw.row if raw else None,
            execution=execution,
            rejected_at=execution.execution_date,
        )
        for member, raw, reason in rejected
    )


def _write(execution: WorkflowExecution, stream: str, staged: Sequence[Staged]) -> None:
    """Upsert by github_id."""
    _free_names(staged)
    ours = {"stream": stream, "loaded_at": execution.execution_date, "execution_id": execution.pk}
    bulk.upsert(StagedRepo, "github_id", [row.values | ours for row in staged])
    _write_enrichments(execution, staged)


def _free_names(staged: Sequence[Staged]) -> None:
    """Delete rows that hold a name which now belongs to another repository: names move, github_id stays."""
    for chunk in in_batches(staged):
        ids = {row.values["repo_full_name"]: row.values["github_id"] for row in chunk}
        holders = StagedRepo.objects.filter(repo_full_name__in=list(ids)).values_list("github_id", "repo_full_name")
        stale = [github_id for github_id, name in holders if ids[name] != github_id]
        if stale:
            StagedRepo.objects.filter(github_id__in=stale).delete()


def _write_enrichments(execution: WorkflowExecution, staged: Sequence[Staged]) -> None:
    """Upsert what is known of Render projects, drop the rows of repositories known to be none any more."""
    wanted = {row.values["github_id"]: row.enrichment for row in staged if row.enrichment is not None}
    gone = [row.values["github_id"] for row in staged if row.enrichment is None and not row.keeps_enrichment]
    RenderEnrichment.objects.filter(repo__github_id__among=id_list(gone)).delete()
    unread = id_list(github_id for github_id, values in wanted.items() if _is_unread(values))
    for earlier in RenderEnrichment.objects.filter(repo__github_id__among=unread):
        _keep_unknown(wanted[earlier.repo_id], earlier)
    ours = {"loaded_at": execution.execution_date}
    bulk.upsert(RenderEnrichment, "repo_id", [values | ours for values in wanted.values()])


def _is_unread(values: dict[str, Any]) -> bool:
    return values["has_blueprint_button"] is None or values["problem"] == NOT_READ


def _keep_unknown(values: dict[str, Any], earlier: RenderEnrichment) -> None:
    """A file that could not be read this time takes nothing away from what it said the last time."""
    if values["has_blueprint_button"] is None:
        readme = ("has_blueprint_button", "deploy_button_url", "documentation_score")
        values |= {name: getattr(earlier, name) for name in readme}
        if earlier.has_blueprint_button and values["render_category"] == "community":
            values["render_category"] = earlier.render_category
    if values["problem"] == NOT_READ and earlier.problem != NOT_READ:
        values |= {name: getattr(earlier, name) for name in BLUEPRINT}
