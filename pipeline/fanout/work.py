"""Doing one part of a shared run: read what it is about, store it with what follows from it, and say what it cost."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from pipeline import lease, stopping
from pipeline.etl import bulk
from pipeline.etl.github_to_raw import RawWriter, load_memory
from pipeline.fanout.budget import SharedBudget
from pipeline.fanout.inline import Inline, LaterHistories, LaterHydration
from pipeline.fanout.parts import Kind, NewPart, PartLost, Taken, complete, end_early, fail, give_back
from pipeline.github.client import GitHubClient
from pipeline.github.errors import GitHubError
from pipeline.models import RunClaim, RunPart, TaskRun, WorkflowExecution
from pipeline.reference import LANGUAGES
from pipeline.retry import Patience
from pipeline.source import Source, github
from pipeline.steps import STREAM_RETRIES
from pipeline.stopping import StopRequested
from pipeline.streams.context import Gathering, StreamLimits, chunks
from pipeline.streams.ecosystem import STREAM as ECOSYSTEM
from pipeline.streams.gather import read_stream, readers
from pipeline.streams.harvest import Harvest, RepoRef, StreamResult
from pipeline.streams.hydration import Hydrator
from pipeline.streams.star_history import StarHistories
from pipeline.task_records import TaskRecorder
from pipeline.tasklog import Task, TaskLog

log = logging.getLogger(__name__)
BEAT = min(timedelta(seconds=5), lease.EXPIRES / 4)
RESERVE_SECONDS = 60.0  # of a task's time, for storing what it has read
HISTORIES_A_PART = 24
FIRST_STEP = "github_to_raw"
Found = tuple[dict[str, Any], list[NewPart], Sequence[int] | None]


@dataclass(slots=True)
class Desk:
    """What one part is done with. `root` is the task of the run's first step, which all parts stand under."""

    taken: Taken
    g: Gathering
    recorder: TaskRecorder
    root: Task


def do(taken: Taken, source: Source | None = None) -> str:
    """Do the part and say in a line what became of it. What goes wrong ends in the run's records."""
    part = taken.part
    try:
        if part.kind == Kind.END:
            from pipeline.fanout.end import end_run

            return end_run(taken, source or github())
        desk = prepare(taken, source or github())
        with desk.g.tasks.task(part.get_kind_display(), stream=part.stream, parent=desk.root) as task:
            result, following, claimed = WORK[RunPart.Kind(part.kind)](desk, task)
        _store(desk, result, following, claimed)
    except PartLost:
        return f"{part}: another worker has it, or the run has ended"
    except StopRequested:
        give_back(taken)
        return f"{part}: given back, this worker ends"
    except GitHubError as error:
        if error.stops_run:
            end_early(taken, {"fatal": {"step": FIRST_STEP, "error": str(error), "remedy": error.remedy}})
        else:
            fail(taken, str(error))
        return f"{part}: {error}"
    except Exception as error:
        log.exception("part %s failed", part)
        fail(taken, f"{type(error).__name__}: {error}")
        raise
    return f"{part}: done"


def prepare(taken: Taken, source: Source) -> Desk:
    """The part's own client, memory and task log; whatever asks GitHub shows that the part is alive."""
    stopping.check()
    execution = taken.execution
    tasks = TaskLog(before=taken.first_number)
    recorder = TaskRecorder(execution, tasks)
    root = adopt_root(recorder, execution)
    budget = SharedBudget(source.tokens, tick=_ticker(taken, recorder))
    streams = list(execution.parts.filter(kind=Kind.STREAM).values_list("stream", flat=True))
    memory = load_memory(streams, is_demo=source.is_demo)
    # What a part of histories is about was found to be due when the part was made.
    if taken.part.kind == Kind.STAR_HISTORIES or taken.part.arguments.get("refresh_histories"):
        memory.star_history_seen.clear()
    inline = Inline()
    gathering = Gathering(
        client=GitHubClient(
            source.base_url, budget, connections=1, remembered=memory.answers, on_retry=tasks.count_retry
        ),
        pool=inline,
        hydration_pool=inline,
        history_pool=inline,
        tasks=tasks,
        memory=memory,
        now=execution.execution_date,
        limits=StreamLimits.of(taken.part.arguments.get("limit"), settings.TRENDER_ECOSYSTEM_LIMIT),
        owners=source.owners,
        retries=STREAM_RETRIES,
        patience=Patience(until=time.monotonic() + settings.TRENDER_TASK_SECONDS - RESERVE_SECONDS),
    )
    return Desk(taken, gathering, recorder, root)


def adopt_root(recorder: TaskRecorder, execution: WorkflowExecution) -> Task:
    """The run's first step as a task that the others can stand under."""
    row = TaskRun.objects.get(execution=execution, number=1)
    root = Task(1, row.name, "", None, row.started_at, time.perf_counter(), is_leaf=False)
    recorder.adopt(root, row)
    return root


def _ticker(taken: Taken, recorder: TaskRecorder) -> Callable[[], None]:
    last = timezone.now()

    def tick() -> None:
        nonlocal last
        stopping.check()
        if timezone.now() - last >= BEAT:
            recorder.write()
            taken.beat()
            last = timezone.now()

    return tick


# -- The kinds of parts: each returns its result, the parts that follow, and the repositories it claims ------------


def _stream(desk: Desk, task: Task) -> Found:
    """Find a stream's repositories. Hydration and star histories of those that nobody has yet become parts."""
    g, stream = desk.g, desk.taken.part.stream
    hydrator, histories = LaterHydration(g), LaterHistories(g)
    languages = [row for row in LANGUAGES.values() if row.slug == stream]
    retry, read = readers(g, languages, stream == ECOSYSTEM, hydrator, histories)[stream]
    found = read_stream(g, stream, retry, read, task)
    task.items = len(found.members)
    if not found.succeeded:
        return {"stream": asdict(found)}, [], None
    parts = [
        NewPart(Kind.HYDRATION, stream, desk.taken.part.arguments | {"refs": [asdict(ref) for ref in batch]})
        for batch in chunks(hydrator.wanted.values(), g.memory.batch_size)
    ]
    return {"stream": asdict(found)}, [*parts, *history_parts(stream, histories.wanted.values())], list(hydrator.wanted)


def _hydration(desk: Desk, task: Task) -> Found:
    """One batch. Those whose stars it has counted can have their histories asked for now."""
    g, part = desk.g, desk.taken.part
    refs = [RepoRef(**ref) for ref in part.arguments["refs"]]
    hydrator, histories = Hydrator(g, fewest_batches=1), LaterHistories(g)
    hydrated = hydrator.hydrate(part.stream, refs, task)
    task.items = len(refs)
    counted = [RepoRef(**{**asdict(ref), "stars": hydrated.stars[ref.github_id]}) for ref in refs
               if ref.stars is None and ref.github_id in hydrated.stars]  # fmt: skip
    histories.request(part.stream, counted, task)
    result = {
        "gone": sorted(hydrated.gone),
        "failed": {str(key): reason for key, reason in hydrated.failed.items()},
        "passing": sorted(hydrated.passing),
        "stars": {str(key): stars for key, stars in hydrated.stars.items()},
        "readmes": {str(key): list(readme) for key, readme in hydrator.readmes.items()},
        "batch_size": hydrator.size.size,
    }
    return result, history_parts(part.stream, histories.wanted.values()), None


def _histories(desk: Desk, task: Task) -> Found:
    histories = StarHistories(desk.g)
    refs = [RepoRef(**ref) for ref in desk.taken.part.arguments["refs"]]
    histories.request(desk.taken.part.stream, refs, task)
    histories.finish(task)
    task.items = len(refs)
    return {"deferred": histories.deferred}, [], None


WORK = {Kind.STREAM: _stream, Kind.HYDRATION: _hydration, Kind.STAR_HISTORIES: _histories}


def history_parts(stream: str, refs: Any) -> list[NewPart]:
    return [
        NewPart(Kind.STAR_HISTORIES, stream, {"refs": [asdict(ref) for ref in batch]})
        for batch in chunks(refs, HISTORIES_A_PART)
    ]


# -- Storing -------------------------------------------------------------------------------------------------------


def _store(desk: Desk, result: dict[str, Any], following: list[NewPart], claimed: Sequence[int] | None) -> None:
    """In one transaction: the payloads, what follows, and the end of the part. Raises PartLost, stores nothing."""
    g, taken = desk.g, desk.taken
    writer = RawWriter(taken.execution)

    def write() -> Sequence[NewPart]:
        parts = following if claimed is None else _own(taken, claimed, g.harvest, following)
        writer.write(g.harvest)
        writer.write_answers(g.client.remembered, g.client.renewed)
        result["rows"] = writer.rows
        return parts

    result |= {"first_number": taken.first_number, "cost": cost_of(g), "notes": g.notes}
    desk.recorder.write()
    complete(taken, result, write)


def cost_of(g: Gathering) -> dict[str, Any]:
    budget = g.client.budget
    return {
        "sent": budget.sent,
        "points": budget.points,
        "graphql_requests": budget.graphql_requests,
        "graphql_seconds": round(budget.graphql_seconds, 3),
        "most_in_flight": budget.most_in_flight,
        "not_modified": g.client.not_modified,
    }


def _own(taken: Taken, claimed: Sequence[int], harvest: Harvest, parts: list[NewPart]) -> list[NewPart]:
    """Only what no other stream has found before: a repository is read and stored once a run."""
    rows = [
        {"execution_id": taken.execution.pk, "github_id": key, "part_id": taken.part.pk} for key in sorted(set(claimed))
    ]
    bulk.insert_new(RunClaim, ("execution_id", "github_id"), rows)
    others = set(
        RunClaim.objects.filter(execution=taken.execution.pk, github_id__in=claimed)
        .exclude(part=taken.part.pk)
        .values_list("github_id", flat=True)
    )
    harvest.repos = {key: payload for key, payload in harvest.repos.items() if key not in others}
    kept = []
    for part in parts:
        refs = [ref for ref in part.arguments["refs"] if ref["github_id"] not in others]
        if refs:
            kept.append(NewPart(part.kind, part.stream, part.arguments | {"refs": refs}))
    return kept


def stream_result(said: dict[str, Any]) -> StreamResult:
    return StreamResult(**{**said, "members": [RepoRef(**ref) for ref in said["members"]]})
