"""READMEs of repositories outside the Render ecosystem: read last, as far as GraphQL's time allows."""

from collections.abc import Sequence
from concurrent.futures import Future

from pipeline.github.batches import ask
from pipeline.github.queries import Wanted
from pipeline.streams.context import Gathering, chunks
from pipeline.streams.files import file_payloads
from pipeline.streams.harvest import RepoRef
from pipeline.streams.hydration import Hydrator
from pipeline.tasklog import Task

BATCH = 20
KEEP_SECONDS = 4.0
LEAST_SECONDS_EACH = 0.001


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
    seconds_each = max(hydrator.file_size.seconds_each, LEAST_SECONDS_EACH)
    affordable = int((g.client.budget.graphql_seconds_left() - KEEP_SECONDS) / seconds_each)
    return [
        g.submit("read READMEs", "", parent, _read, g, hydrator, batch)
        for batch in chunks(missing[: max(affordable, 0)], BATCH)
    ]


def _read(g: Gathering, hydrator: Hydrator, wanted: list[Wanted]) -> list[str]:
    oids = []
    for answer in ask(g.client, hydrator.file_size, wanted, {}):
        for payload in file_payloads(answer):
            g.harvest.add(payload)
            oids.append(payload.oid)
    return oids
