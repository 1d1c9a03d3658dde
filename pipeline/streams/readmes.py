"""READMEs of repositories outside the Render ecosystem: read last, as far as GraphQL's time allows."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future

from pipeline.github.batches import BatchSize, ask
from pipeline.github.queries import Wanted
from pipeline.streams.context import Gathering, chunks
from pipeline.streams.files import file_payloads
from pipeline.streams.harvest import RepoRef
from pipeline.streams.hydration import Hydrator
from pipeline.tasklog import Task

BATCH = 20
KEEP_SECONDS = 4.0


def request_readmes(
    g: Gathering, hydrator: Hydrator, refs: Sequence[RepoRef], parent: Task
) -> "list[Future[list[str]]]":
    """Have READMEs fetched whose object id is new; those the time does not suffice for stay unknown until later."""
    if not g.client.budget.has_token:
        return []
    missing = [
        Wanted(ref.node_id, files=(hydrator.readmes[ref.github_id][0],))
        for ref in {ref.github_id: ref for ref in refs}.values()
        if ref.github_id in hydrator.readmes and hydrator.readmes[ref.github_id][1] not in g.memory.known_files
    ]
    return [
        g.submit("read READMEs", "", parent, _read, g, hydrator, batch)
        for batch in _affordable(chunks(missing, BATCH), hydrator.file_size, g.client.budget.graphql_seconds_left())
    ]


def _affordable(batches: list[list[Wanted]], size: BatchSize, seconds_left: float) -> Iterator[list[Wanted]]:
    """Those that need not wait for the minute's end: no README is worth that."""
    rest = seconds_left - KEEP_SECONDS
    for batch in batches:
        rest -= size.estimate(len(batch))
        if rest < 0:
            return
        yield batch


def _read(g: Gathering, hydrator: Hydrator, wanted: list[Wanted]) -> list[str]:
    oids = []
    for answer in ask(g.client, hydrator.file_size, wanted, {}):
        for payload in file_payloads(answer):
            g.harvest.add(payload)
            oids.append(payload.oid)
    return oids
