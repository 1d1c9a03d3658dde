"""A language's stream, the searches under it, and what counts as a repository."""

from typing import Any

import pytest

from pipeline.demo.server import Server
from pipeline.github.errors import ServerTrouble
from pipeline.streams.context import StreamLimits
from pipeline.streams.search import page_of, refs_of
from pipeline.tests.test_streams_gather import GO, PYTHON, paths, reading

GOOD = {"id": 5, "node_id": "R_5", "full_name": "a/b", "stargazers_count": 7, "pushed_at": "2026-11-21T09:00:00Z"}


def test_a_language_is_two_searches_with_the_most_starred_first(server: Server) -> None:
    with reading(server) as run:
        run.run(PYTHON)

    searches = sorted(paths(server, "/search/repositories"))
    assert len(searches) == 2
    assert "created%3A%3E%3D2026-05-25" in searches[0]
    assert "per_page=3" in searches[0]
    assert "pushed%3A%3E%3D2026-10-22" in searches[1]
    assert "per_page=8" in searches[1]
    kinds = [ref.source_type for ref in run.results["python"].members]
    assert kinds == ["established"] * 8 + ["rising"] * (len(kinds) - 8)
    stars = [ref.stars for ref in run.results["python"].members[:8]]
    assert stars == sorted(stars, reverse=True)


def test_what_both_searches_find_is_kept_once(server: Server) -> None:
    with reading(server, limits=StreamLimits(established=100, rising=30)) as run:
        run.run(PYTHON)

    members = run.members("python")
    assert len(members) == len(set(members)) < 130
    assert {run.repos[number].source_language for number in members} == {"Python"}


NO_HITS = '{"total_count": 0, "incomplete_results": false, "items": []}'


def test_a_search_that_is_suddenly_empty_fails_its_language(server: Server) -> None:
    with reading(server) as before:
        before.run(PYTHON, GO)
    server.api.faults.set([{"match": "language%3AGo", "times": 9, "status": 200, "body": NO_HITS}])
    with reading(server, memory=before.memory()) as run:
        run.run(PYTHON, GO)

    assert run.results["go"].error == "no Go repository was found, though there were some before"
    assert run.results["python"].succeeded


def test_a_language_that_never_had_a_hit_is_empty(server: Server) -> None:
    server.api.faults.set([{"match": "language%3AGo", "times": 9, "status": 200, "body": NO_HITS}])
    with reading(server) as run:
        run.run(GO)

    assert run.results["go"].succeeded
    assert run.members("go") == []


def test_items_that_are_none_are_left_out(server: Server) -> None:
    with reading(server) as run:
        get = run.client.get

        def odd_search(path: str, *arguments: Any, **options: Any) -> Any:
            answer = get(path, *arguments, **options)
            if path == "/search/repositories":
                answer.data["items"][:0] = [None, 7, "text", [], {}, {"id": "5"}, GOOD | {"id": -1}]
            return answer

        run.client.get = odd_search  # type: ignore[method-assign]
        run.run(PYTHON)

    assert run.results["python"].succeeded
    assert len(run.members("python")) > 0


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"id": "5"},
        {"id": True},
        {"id": 0},
        {"id": -5},
        {"id": 5.0},
        {"node_id": None},
        {"node_id": 7},
        {"full_name": None},
        {"full_name": ["a/b"]},
    ],
    ids=repr,
)
def test_a_repository_without_a_proper_identity_is_none(change: dict[str, Any]) -> None:
    assert refs_of([GOOD | change], "rising") == []
    assert refs_of([{k: v for k, v in GOOD.items() if k not in change}], "rising") == []


def test_what_a_repository_says_wrongly_is_unknown() -> None:
    ((ref, _),) = refs_of([GOOD | {"stargazers_count": "7", "pushed_at": 7}], "rising")

    assert (ref.github_id, ref.node_id, ref.full_name, ref.stars, ref.pushed_at) == (5, "R_5", "a/b", None, None)


@pytest.mark.parametrize(
    "data", [None, [], "text", {}, {"items": None}, {"items": {}}, {"items": [], "incomplete_results": True}], ids=repr
)
def test_a_search_that_failed_is_not_an_empty_one(data: object) -> None:
    with pytest.raises(ServerTrouble):
        page_of(data)


def test_a_search_may_find_nothing() -> None:
    assert page_of({"total_count": 0, "items": []}).items == []
    assert page_of({"total_count": "x", "items": [GOOD, None, 7]}).items == [GOOD]
