"""Star histories: once a day, the stalest first, as far as the hour's requests go."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.demo.server import Server
from pipeline.github.errors import GitHubError
from pipeline.streams.context import Memory
from pipeline.streams.harvest import RepoRef
from pipeline.streams.star_history import CHUNK, StarHistories
from pipeline.tests.test_streams_gather import NOW, PYTHON, Reading, paths, reading


def refs_of(server: Server, count: int) -> list[RepoRef]:
    faces = sorted(server.universe.view().faces(), key=lambda face: face.id)[:count]
    return [RepoRef(f.id, f.repository.node_id, f.full_name, "rising", f.stars, has_metadata=True) for f in faces]


def fetched(run: Reading, refs: list[RepoRef]) -> StarHistories:
    histories = StarHistories(run.g)
    histories.request("python", refs, None)
    histories.request("render", refs, None)
    histories.finish(None)
    run.drain()
    return histories


def test_each_repository_is_asked_for_once(server: Server) -> None:
    refs = refs_of(server, 30)
    with reading(server) as run:
        fetched(run, refs)

    assert len(paths(server, "stargazers")) == 30
    assert all("per_page=30" in path for path in paths(server, "stargazers"))
    history = run.of_kind("star_history")[refs[0].github_id]
    assert history["stars"] == refs[0].stars
    assert sum(sum(week["days"]) for week in history["weeks"]) <= refs[0].stars


@pytest.mark.parametrize(
    ("seen", "due"),
    [
        (None, True),
        (NOW - timedelta(days=1), True),
        (datetime(2026, 11, 20, 23, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 21, 0, 0, tzinfo=UTC), False),
        (NOW, False),
    ],
)
def test_a_history_is_due_once_a_day(server: Server, seen: datetime | None, due: bool) -> None:
    refs = refs_of(server, 1)
    memory = Memory(star_history_seen={refs[0].github_id: seen} if seen else {})
    with reading(server, memory=memory) as run:
        fetched(run, refs)

    assert len(paths(server, "stargazers")) == int(due)


def test_a_second_run_of_the_day_asks_for_none(server: Server) -> None:
    with reading(server) as first:
        first.run(PYTHON)
    before = len(paths(server, "stargazers"))
    with reading(server, memory=first.memory()) as second:
        second.run(PYTHON)

    assert len(paths(server, "stargazers")) == before > 5


def test_without_a_token_the_stalest_come_first_and_the_rest_waits(server: Server) -> None:
    refs = refs_of(server, 80)
    seen = {ref.github_id: NOW - timedelta(days=1 + n) for n, ref in enumerate(refs[:70])}  # the others never
    with reading(server, tokens=(), memory=Memory(star_history_seen=seen)) as run:
        histories = fetched(run, refs)

    done = set(run.of_kind("star_history"))
    assert len(server.log) == len(done) == 60
    assert done == {ref.github_id for ref in refs[20:]}
    assert histories.deferred == 20


def test_a_budget_that_runs_out_defers_the_rest(server: Server) -> None:
    refs = refs_of(server, 3 * CHUNK)
    with reading(server) as run:
        run.client.budget.longest_wait = 0.01
        left = {"X-RateLimit-Remaining": "105", "X-RateLimit-Reset": "9999999999", "X-RateLimit-Limit": "5000"}
        server.api.faults.set([{"match": "stargazers", "times": 1, "status": 200, "body": "[]", "headers": left}])
        histories = fetched(run, refs[:1])
        assert histories.deferred == 0
        histories = fetched(run, refs[1:])

    assert histories.deferred == len(refs) - 1 - 5
    assert any("would have to wait" in task.error for task in run.g.tasks.tasks)


def test_a_repository_that_is_gone_or_fails_costs_itself(server: Server) -> None:
    refs = [*refs_of(server, 5), RepoRef(1, "R_1", "a/gone", "rising")]
    failing = refs[2].full_name.replace("--", "--")
    server.api.faults.set([{"match": failing, "times": 99, "status": 403}])
    with reading(server) as run:
        fetched(run, refs)

    assert set(run.of_kind("star_history")) == {ref.github_id for ref in refs[:5]} - {refs[2].github_id}
    tasks = [task for task in run.g.tasks.tasks if task.name == "star history"]
    (failed,) = [task for task in tasks if task.status == "failed"]
    assert failing in failed.error
    assert sum(task.items or 0 for task in tasks) == 4


@pytest.mark.parametrize("body", ["{}", "7", "null", '"weeks"'])
def test_what_is_no_list_of_weeks_is_not_a_history(server: Server, body: str) -> None:
    refs = refs_of(server, 2)
    server.api.faults.set([{"match": "stargazers", "times": 1, "status": 200, "body": body}])
    with reading(server) as run:
        fetched(run, refs)

    assert len(run.of_kind("star_history")) == 1
    assert any("not a list of weeks" in task.error for task in run.g.tasks.tasks)


def test_a_renamed_repository_is_followed(server: Server) -> None:
    moved = next(r for r in server.universe.repositories if r.full_name.former(NOW.date().toordinal()))
    ref = RepoRef(moved.id, moved.node_id, moved.full_name.first, "rising", 5)
    with reading(server) as run:
        fetched(run, [ref])

    assert set(run.of_kind("star_history")) == {moved.id}
    assert [entry.status for entry in server.log] == [301, 200]


def test_an_odd_name_stays_inside_its_path(server: Server) -> None:
    asked: list[str] = []
    with reading(server) as run:

        def get(path: str, *_: Any, **__: Any) -> Any:
            asked.append(path)
            raise GitHubError("no")

        run.client.get = get  # type: ignore[method-assign]
        fetched(run, [RepoRef(1, "R_1", "a/b?x=1#y z%", "rising")])

    assert asked == ["/repos/a/b%3Fx%3D1%23y%20z%25/stargazers/history"]
