"""The walk for Next.js 16: what it reads, what it remembers, and that what it can't know is never a no."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from pipeline.demo.server import Server
from pipeline.detection.nextjs import Verdict
from pipeline.github.batches import NodeAnswer
from pipeline.github.client import GraphQLAnswer
from pipeline.github.queries import Wanted
from pipeline.streams import nextjs_walk
from pipeline.streams.context import Memory, StreamLimits
from pipeline.streams.nextjs_look import Glance, Look, file_verdict
from pipeline.streams.nextjs_walk import NextWalk
from pipeline.tests.test_streams_gather import NOW, TYPESCRIPT, Reading, paths, reading

ALL = StreamLimits(established=100, rising=30)
FEW = StreamLimits(established=5, rising=2)


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of 20 in place of 100, so that a walk has some way to go."""
    monkeypatch.setattr(nextjs_walk.searches, "SEARCH_PAGE", 20)
    monkeypatch.setattr("pipeline.streams.search.SEARCH_PAGE", 20)


def walked(run: Reading) -> dict[str, Any]:
    """The verdicts after one walk."""
    run.run(TYPESCRIPT)
    found: dict[str, Any] = run.results["typescript"].remembered["verdicts"]
    return found


def looks(run: Reading) -> list[str]:
    """The queries of the walk, without those of the hydration."""
    return [query for query in run.client.queries if "...Identity" not in query]


def texts_asked(run: Reading) -> int:
    return sum(query.count("...PackageJson }") + query.count("package.json") - 1 for query in looks(run))


def remembering(run: Reading, **changes: Any) -> Memory:
    memory = run.memory()
    memory.streams["typescript"]["remembered"]["verdicts"] = {
        key: verdict | changes for key, verdict in run.results["typescript"].remembered["verdicts"].items()
    }
    return memory


# Finding


def test_the_walk_finds_what_asks_for_next_16(server: Server) -> None:
    with reading(server, limits=ALL) as run:
        verdicts = walked(run)

    answers = {verdict["answer"] for verdict in verdicts.values()}
    assert answers == {"yes", "no", "unknown"}
    members = run.members("typescript")
    assert 100 <= len(members) <= 130
    assert {verdicts[str(number)]["answer"] for number in members} == {"yes"}


def test_workspaces_are_looked_into(server: Server) -> None:
    with reading(server, limits=ALL) as run:
        walked(run)

    view, below = server.universe.view(), 0
    for number in run.members("typescript"):
        face = view.face(number)
        assert face is not None
        below += '"next"' not in face.files["package.json"]
    assert below > 5
    assert any("folder0" in query for query in run.client.queries)


def test_what_roots_say_is_known_while_workspaces_are_still_looked_into(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    known: list[int] = []
    look_deeper = NextWalk._look_deeper

    def late(walk: NextWalk, looks: list[Look]) -> Glance:
        deadline = time.monotonic() + 5
        while not walk.verdicts and time.monotonic() < deadline:
            time.sleep(0.01)
        known.append(len(walk.verdicts))
        return look_deeper(walk, looks)

    monkeypatch.setattr(NextWalk, "_look_deeper", late)
    with reading(server, limits=ALL) as run:
        verdicts = walked(run)

    assert known
    assert 0 < known[0] < len(verdicts)


def test_it_walks_past_the_first_page_until_it_has_enough(server: Server) -> None:
    with reading(server, limits=StreamLimits(established=30, rising=2)) as run:
        walked(run)

    established = [path for path in paths(server, "/search/repositories") if "pushed" in path]
    assert 2 <= len(established) < 6
    kinds = [ref.source_type for ref in run.results["typescript"].members]
    assert kinds.count("established") == 30


def test_it_stops_at_the_first_page_when_that_is_enough(server: Server) -> None:
    with reading(server, limits=FEW) as run:
        walked(run)

    assert len(paths(server, "/search/repositories")) == 2
    assert len(run.members("typescript")) == 7


# Remembering


def test_where_nothing_was_pushed_nothing_is_looked_at(server: Server) -> None:
    with reading(server, limits=FEW) as first:
        before = walked(first)
    with reading(server, limits=FEW, memory=first.memory()) as second:
        after = walked(second)

    assert looks(first)
    assert looks(second) == []
    assert (after, second.members("typescript")) == (before, first.members("typescript"))


def test_after_a_push_without_a_change_the_verdict_is_kept_without_a_text(server: Server) -> None:
    with reading(server, limits=FEW) as first:
        before = walked(first)
    with reading(server, limits=FEW, memory=remembering(first, pushed_at="2026-01-01T00:00:00Z")) as second:
        after = walked(second)

    assert after == before
    assert looks(second)
    assert not any("package.json" in query or "folder0" in query for query in looks(second))


def test_after_a_change_the_files_are_read_again(server: Server) -> None:
    with reading(server, limits=FEW) as first:
        before = walked(first)
    changed = remembering(first, pushed_at="2026-01-01T00:00:00Z", key={"package.json": "0" * 40}, answer="no")
    with reading(server, limits=FEW, memory=changed) as second:
        after = walked(second)

    assert any("package.json" in query for query in looks(second))
    assert after == before


def test_a_day_later_only_what_was_pushed_is_looked_at(server: Server) -> None:
    with reading(server, limits=FEW) as first:
        before = walked(first)
    with reading(server, limits=FEW, memory=first.memory(), now=NOW + timedelta(days=1)) as second:
        walked(second)

    asked = sum(query.count("node(id:") for query in looks(second))
    assert 0 < asked < len(before)


def test_verdicts_met_in_this_walk_are_kept_before_others(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with reading(server, limits=FEW) as first:
        before = walked(first)
    monkeypatch.setattr(nextjs_walk, "MOST_VERDICTS", len(before) + 1)
    old = {str(number): {"pushed_at": "x", "key": {}, "answer": "no", "reason": ""} for number in range(5)}
    memory = first.memory()
    memory.streams["typescript"]["remembered"]["verdicts"] = before | old
    with reading(server, limits=FEW, memory=memory) as second:
        after = walked(second)

    assert set(after) == {*before, "4"}


# Not knowing


def bent_by(change: Callable[[dict[str, Any]], None]) -> Callable[[str, GraphQLAnswer], GraphQLAnswer]:
    def bend(query: str, answer: GraphQLAnswer) -> GraphQLAnswer:
        for repo in answer.data.values() if "...Identity" not in query else ():
            if isinstance(repo, dict) and "databaseId" in repo:
                change(repo)
        return answer

    return bend


def test_a_package_json_that_is_no_text_is_unknown(server: Server) -> None:
    def unreadable(repo: dict[str, Any]) -> None:
        for key in repo:
            if isinstance(repo[key], dict) and "text" in repo[key]:
                repo[key] |= {"text": None, "isTruncated": True}

    with reading(server, limits=FEW) as run:
        run.client.bend = bent_by(unreadable)  # type: ignore[method-assign]
        run.run(TYPESCRIPT)

    assert run.members("typescript") == []
    verdicts = run.results["typescript"].remembered["verdicts"].values()
    assert "no" not in {verdict["answer"] for verdict in verdicts if "read" in verdict["reason"]}


@pytest.mark.parametrize("hole", ["rootTree", "folder0", "file0"])
def test_what_github_would_not_show_is_asked_again_the_next_time(server: Server, hole: str) -> None:
    def bend(query: str, answer: GraphQLAnswer) -> GraphQLAnswer:
        for n in range(5 if "...Identity" not in query and f"{hole}:" in query else 0):
            if answer.data.get(f"repo{n}"):
                answer.data[f"repo{n}"][hole] = None
                answer.errors.append({"path": [f"repo{n}", hole], "message": "odd"})
        return answer

    with reading(server, limits=FEW) as first:
        first.client.bend = bend  # type: ignore[method-assign]
        verdicts = walked(first)
    with reading(server, limits=FEW, memory=first.memory()) as second:
        complete = walked(second)

    assert len(verdicts) < len(complete)
    assert looks(second)


@pytest.mark.parametrize("odd", [7, [], {"entries": [None, {}, {"name": 7}]}], ids=repr)
@pytest.mark.parametrize("key", ["rootTree", "packageJson", "folder0", "file0"])
def test_an_odd_answer_kills_no_walk(server: Server, key: str, odd: object) -> None:
    with reading(server, limits=FEW) as run:
        run.client.bend = bent_by(lambda repo: repo.update({key: odd}))  # type: ignore[method-assign]
        run.run(TYPESCRIPT)

    result = run.results["typescript"]
    assert result.succeeded or "could not be read" in result.error


def test_too_many_that_could_not_be_read_fail_the_stream(server: Server) -> None:
    server.api.faults.set([{"match": "POST /graphql", "times": 999, "status": 500}])
    with reading(server, limits=FEW) as run:
        run.run(TYPESCRIPT)

    assert "package.json files could not be read" in run.results["typescript"].error


def test_without_a_token_the_walk_does_not_search_in_vain(server: Server) -> None:
    with reading(server, tokens=(), limits=ALL) as run:
        run.run(TYPESCRIPT)

    assert "TypeScript needs a token" in run.results["typescript"].error
    assert server.log == []


def test_without_a_token_remembered_verdicts_are_used(server: Server) -> None:
    with reading(server, limits=FEW) as first:
        walked(first)
    with reading(server, tokens=(), limits=FEW, memory=first.memory()) as second:
        walked(second)

    assert second.members("typescript") == first.members("typescript")


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (None, "unknown"),
        ({}, "unknown"),
        ({"file0": None}, "no"),
        ({"file0": {"text": None}}, "unknown"),
        ({"file0": {"text": ["odd"]}}, "unknown"),
        ({"file0": {"text": '{"dependencies": {"next": "16.0.0"}}', "isTruncated": True}}, "unknown"),
        ({"file0": {"text": "not json"}}, "unknown"),
        ({"file0": {"text": '{"dependencies": {"next": "workspace:*"}}'}}, "unknown"),
        ({"file0": {"text": '{"dependencies": {"next": "^15.0.0"}}'}}, "no"),
        ({"file0": {"text": '{"dependencies": {"next": "^16.0.0"}}'}}, "yes"),
    ],
)
def test_one_files_verdict(data: dict[str, Any] | None, answer: str) -> None:
    assert file_verdict(NodeAnswer(Wanted("R_1"), data), "file0").answer == answer


def test_an_unread_file_leaves_the_outcome_open_unless_another_says_yes(server: Server) -> None:
    with reading(server) as run, run.g.tasks.task("walk") as parent:
        assert NextWalk(TYPESCRIPT, run.g, parent).verdicts == {}
    yes, no = Verdict("yes", ""), Verdict("no", "")
    look = Look(replace(_ref()), {}, unread=True)

    look.verdicts = [no]
    assert look.outcome() is None
    look.verdicts = [no, yes]
    assert look.outcome() is yes


def _ref() -> Any:
    from pipeline.streams.harvest import RepoRef

    return RepoRef(1, "R_1", "a/b", "established")
