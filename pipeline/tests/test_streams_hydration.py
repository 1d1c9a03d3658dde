"""Hydration: who is asked for what, once; pages, gone and failed repositories, and answers of an odd shape."""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from pipeline.demo.server import Server
from pipeline.github.batches import NodeAnswer
from pipeline.github.client import GraphQLAnswer
from pipeline.github.queries import Wanted
from pipeline.streams.answers import Page, commits_of, page_of_connection, tree_of
from pipeline.streams.files import MOST_ROOT_ENTRIES, file_payloads, tree_rows
from pipeline.streams.harvest import RepoRef, StreamFailed, StreamResult
from pipeline.streams.hydration import Hydrated, Hydrator, _root_tree
from pipeline.streams.membership import complete
from pipeline.tests.test_streams_gather import GO, PYTHON, Reading, reading

BENT = ("closedIssues", "defaultBranchRef", "rootTree", "nameWithOwner", "isEmpty", "stargazerCount", "owner")


def refs_of(server: Server, count: int = 4) -> list[RepoRef]:
    faces = sorted(server.universe.view().faces(), key=lambda face: face.id)
    named = [face for face in faces if not face.repository.empty][:count]
    return [RepoRef(f.id, f.repository.node_id, f.full_name, "established", f.stars) for f in named]


def hydrated(run: Reading, refs: list[RepoRef]) -> Hydrated:
    result = Hydrator(run.g).hydrate("python", refs, None)
    run.drain()
    return result


@pytest.fixture
def run(server: Server) -> Iterator[Reading]:
    with reading(server) as run:
        yield run


# Who is asked for what


def test_what_the_search_said_is_not_asked_again(server: Server, run: Reading) -> None:
    hydrated(run, [replace(refs_of(server)[0], has_metadata=True)])

    assert "stargazerCount" not in run.client.queries[0]
    assert run.repos == {}


def test_what_nobody_said_is_asked(server: Server, run: Reading) -> None:
    (ref,) = refs_of(server, 1)

    result = hydrated(run, [ref])

    assert result.stars == {ref.github_id: run.repos[ref.github_id].api_response["stargazerCount"]}
    assert not {"defaultBranchRef", "closedIssues", "rootTree"} & set(run.repos[ref.github_id].api_response)


@pytest.mark.parametrize(
    ("pushed_at", "asked"),
    [
        (None, True),
        ("2026-11-21T09:00:00Z", True),
        ("2026-11-14T10:00:00Z", True),
        ("2026-11-14T09:59:59Z", False),
        ("2019-01-01T00:00:00Z", False),
    ],
)
def test_commits_are_asked_for_only_where_something_was_pushed(
    server: Server, run: Reading, pushed_at: str | None, asked: bool
) -> None:
    (ref,) = refs_of(server, 1)
    hydrated(run, [replace(ref, pushed_at=pushed_at)])

    assert ("history(" in run.client.queries[0]) is asked
    assert ((ref.github_id, "commits") in run.metrics) is asked


def test_a_repository_that_two_streams_want_is_asked_for_once(server: Server, run: Reading) -> None:
    refs, hydrator = refs_of(server, 6), Hydrator(run.g)
    gone = RepoRef(1, "R_gone", "a/gone", "established")

    first = hydrator.hydrate("python", [*refs[:4], gone], None)
    second = hydrator.hydrate("render", [*refs[2:], refs[2], gone], None)

    asked = re.findall(r'node\(id: "([^"]+)"', "".join(run.client.queries))
    assert sorted(set(asked)) == sorted({ref.node_id for ref in [*refs, gone]})
    assert len([node for node in asked if node != "R_gone"]) == len(set(asked)) - 1 + _texts(run)
    assert first.gone == second.gone == {1}


def _texts(run: Reading) -> int:
    """Repositories asked for a second time for the texts of their files."""
    return sum(query.count("node(id:") for query in run.client.queries if "file0" in query)


def test_all_streams_together_ask_for_each_repository_once(server: Server, run: Reading) -> None:
    run.run(PYTHON, GO, ecosystem=True)

    queries = [query for query in run.client.queries if "...ClosedIssues" in query and "after:" not in query]
    asked = re.findall(r'node\(id: "([^"]+)"', "".join(queries))
    assert len(asked) == len(set(asked)) > 20


def test_without_a_token_nothing_is_asked(server: Server) -> None:
    with reading(server, tokens=()) as run:
        assert hydrated(run, refs_of(server)) == Hydrated()
    assert server.log == []


# Pages


def busiest(server: Server) -> RepoRef:
    face = max(server.universe.view().faces(), key=lambda face: face.repository.work.commits_a_week)
    return RepoRef(face.id, face.repository.node_id, face.full_name, "established", face.stars)


def test_commits_and_issues_beyond_the_first_page_are_fetched(server: Server, run: Reading) -> None:
    ref = busiest(server)
    hydrated(run, [ref])

    for kind in ("commits", "issues"):
        stored = run.metrics[(ref.github_id, kind)].metric_data
        assert stored["total"] == len(stored["nodes"]) > 100
        assert stored["complete"] is True
        assert stored["since"] == "2026-11-14T10:00:00Z"


@pytest.mark.parametrize(
    "fault",
    [
        {"match": "POST /graphql", "skip": 1, "times": 99, "status": 500},
        {"match": "POST /graphql", "skip": 1, "times": 99, "status": 404},
        {"match": "POST /graphql", "skip": 1, "times": 99, "status": 200, "body": '{"data": {"repo0": null}}'},
        {"match": "POST /graphql", "skip": 1, "times": 99, "status": 200,
         "body": '{"data": {"repo0": {"databaseId": 1, "defaultBranchRef": null, "closedIssues": null}},'
                 ' "errors": [{"path": ["repo0", "closedIssues"], "message": "odd"}]}'},
    ],
)  # fmt: skip
def test_a_connection_that_breaks_off_is_unknown_and_not_short(
    server: Server, run: Reading, fault: dict[str, Any]
) -> None:
    ref = busiest(server)
    server.api.faults.set([fault])

    result = hydrated(run, [ref])

    assert {kind for _, kind in run.metrics} == {"files"}
    assert (result.failed, result.gone) == ({}, set())


def test_a_connection_ends_after_ten_pages(server: Server, run: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.streams.hydration.MOST_PAGES", 1)
    ref = busiest(server)
    hydrated(run, [ref])

    stored = run.metrics[(ref.github_id, "commits")].metric_data
    assert (stored["complete"], len(stored["nodes"])) == (False, 100)
    assert stored["total"] > 100


# Gone and failed


def test_gone_repositories_are_left_out(server: Server, run: Reading) -> None:
    refs = [*refs_of(server), RepoRef(1, "R_gone", "a/gone", "established")]

    result = hydrated(run, refs)

    assert (result.gone, result.failed) == ({1}, {})
    assert complete(StreamResult("python", refs), result).notes == ["1 repositories are gone"]


def test_no_graphql_at_all_is_not_everybody_gone(server: Server, run: Reading) -> None:
    server.api.faults.set([{"match": "POST /graphql", "times": 99, "status": 404}])
    refs = refs_of(server)

    result = hydrated(run, refs)

    assert result.gone == set()
    assert set(result.failed) == {ref.github_id for ref in refs}


def test_a_stream_whose_repositories_are_all_gone_fails(server: Server) -> None:
    refs = refs_of(server)

    with pytest.raises(StreamFailed, match="all of its repositories are gone"):
        complete(StreamResult("python", refs), Hydrated(gone={ref.github_id for ref in refs}))


@pytest.mark.parametrize(("failed", "succeeds"), [(0, True), (2, True), (3, False), (10, False)])
def test_more_than_a_fifth_failing_fails_the_stream(failed: int, succeeds: bool) -> None:
    refs = [RepoRef(n, f"R_{n}", f"a/{n}", "established") for n in range(10)]
    result, reasons = StreamResult("python", refs), Hydrated(failed=dict.fromkeys(range(failed), "500"))

    if succeeds:
        assert len(complete(result, reasons).members) == 10
        assert result.notes == ([f"{failed} repositories could not be read (a/0, a/1)"] if failed else [])
    else:
        with pytest.raises(StreamFailed, match=f"{failed} of 10 repositories could not be read: 500"):
            complete(result, reasons)


@pytest.mark.parametrize(("broken", "succeeds"), [(1, True), (5, False)])
def test_a_stream_survives_a_few_repositories_that_fail(server: Server, broken: int, succeeds: bool) -> None:
    def bend(query: str, answer: GraphQLAnswer) -> GraphQLAnswer:
        for n in range(broken if "...ClosedIssues" in query else 0):
            answer.data[f"repo{n}"] = None
            answer.errors.append({"path": [f"repo{n}"], "message": "Something went wrong"})
        return answer

    with reading(server) as run:
        run.client.bend = bend  # type: ignore[method-assign]
        run.run(PYTHON)

    result = run.results["python"]
    assert result.succeeded is succeeds
    assert "could not be read" in (result.error or result.notes[0])
    assert any(task.status == "failed" and "Something" in task.error for task in run.g.tasks.tasks)


# Odd shapes


ODD: list[Any] = [None, "text", 7, [], {}, [None], {"entries": None}, {"nodes": None}, {"target": 7}, {"target": {}}]


def bending(change: Callable[[dict[str, Any]], None]) -> Callable[[str, GraphQLAnswer], GraphQLAnswer]:
    def bend(query: str, answer: GraphQLAnswer) -> GraphQLAnswer:
        data = copy.deepcopy(answer.data)
        for repo in data.values():
            if isinstance(repo, dict) and "databaseId" in repo:
                change(repo)
        return GraphQLAnswer(data, answer.errors, answer.seconds)

    return bend


@pytest.mark.parametrize("key", BENT)
def test_a_missing_key_costs_that_key(server: Server, run: Reading, key: str) -> None:
    run.client.bend = bending(lambda repo: repo.pop(key, None))  # type: ignore[method-assign]
    refs = refs_of(server)

    result = hydrated(run, refs)

    assert (result.failed, result.gone) == ({}, set())
    assert len(run.metrics) >= 2 * len(refs)
    assert {row.repo_full_name for row in run.metrics.values()} == {ref.full_name for ref in refs}


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("key", BENT)
def test_a_value_of_another_kind_costs_that_value(server: Server, run: Reading, key: str, odd: object) -> None:
    run.client.bend = bending(lambda repo: repo.update({key: odd}))  # type: ignore[method-assign]
    refs = refs_of(server)

    result = hydrated(run, refs)

    assert (result.failed, result.gone) == ({}, set())
    assert len(run.metrics) >= 2 * len(refs)
    for kind in ("issues", "files"):
        assert all(isinstance(data.get("nodes", data.get("tree")), list) for data in run.of_kind(kind).values())


def every_place(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in a JSON document, of lists only the first element's."""
    children = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from every_place(child, (*path, key))


def test_any_one_value_may_be_odd_and_the_stream_goes_on(server: Server) -> None:
    """Damages every place of a real answer in turn, with every odd value."""
    answers: list[dict[str, Any]] = []
    refs = refs_of(server, 2)
    with reading(server) as run:
        run.client.bend = bending(answers.append)  # type: ignore[method-assign]
        hydrated(run, refs)
    places = [(n, path) for n, answer in enumerate(answers) for path in every_place(answer)]
    assert len(places) > 60

    with reading(server) as run:
        hydrator = Hydrator(run.g)
        for number, path in places:
            for odd in ODD:
                damaged = copy.deepcopy(answers)
                place = damaged[number]
                for key in path[:-1]:
                    place = place[key]
                place[path[-1]] = odd
                data = {f"repo{n}": answer for n, answer in enumerate(damaged)}
                run.client.graphql = lambda *_, data=data, **__: GraphQLAnswer(data, [])  # type: ignore[method-assign]
                hydrator._hydrate_batch(refs)
                run.g.harvest.drain()


def test_a_hole_in_the_metadata_is_missing_and_not_none(server: Server, run: Reading) -> None:
    def bend(query: str, answer: GraphQLAnswer) -> GraphQLAnswer:
        answer.data["repo0"]["description"] = None
        answer.errors.append({"path": ["repo0", "description"], "message": "odd"})
        return answer

    run.client.bend = bend  # type: ignore[method-assign]
    (ref,) = refs_of(server, 1)
    hydrated(run, [ref])

    assert "description" not in run.repos[ref.github_id].api_response


# Readers


def connection(**changes: Any) -> dict[str, Any]:
    return {"totalCount": 2, "nodes": [1], "pageInfo": {"hasNextPage": True, "endCursor": "c"}} | changes


@pytest.mark.parametrize(
    ("found", "page"),
    [
        (connection(), Page(2, [1], "c")),
        (connection(pageInfo={"hasNextPage": False, "endCursor": "c"}), Page(2, [1], None)),
        (connection(pageInfo={}), Page(2, [1], None)),
        (connection(pageInfo={"hasNextPage": True, "endCursor": None}), None),
        (connection(pageInfo={"hasNextPage": True}), None),
        (connection(pageInfo=None), None),
        (connection(nodes=None), None),
        (connection(totalCount="2"), None),
        (None, None),
        ([], None),
    ],
)
def test_a_page_without_a_way_on_is_unknown(found: object, page: Page | None) -> None:
    assert page_of_connection(found) == page


@pytest.mark.parametrize(
    ("data", "known"),
    [
        ({"defaultBranchRef": None}, True),
        ({"defaultBranchRef": {"target": {}}}, True),
        ({"defaultBranchRef": {"target": None}}, True),
        ({"defaultBranchRef": {"target": {"history": connection()}}}, True),
        ({"defaultBranchRef": {"target": {"history": None}}}, False),
        ({"defaultBranchRef": {"target": 7}}, False),
        ({"defaultBranchRef": 7}, False),
    ],
)
def test_a_repository_without_a_branch_has_no_commits(data: dict[str, Any], known: bool) -> None:
    assert (page_of_connection(commits_of(data)) is not None) is known


def test_a_tree_leaves_out_entries_that_are_none() -> None:
    good = {"name": "a", "type": "blob", "oid": "1"}
    odd = [None, 7, {}, {"name": "b"}, {"name": None, "type": "blob", "oid": "1"}, {"name": [], "type": "", "oid": ""}]

    assert tree_of({"entries": [*odd, good]}) == {"a": ("blob", "1")}
    assert tree_of({"entries": []}) == {}
    assert tree_of({"entries": None}) is tree_of({}) is tree_of(None) is tree_of([]) is None


def test_a_large_root_never_hides_the_files_that_tell() -> None:
    tree = {f"a{n:05}": ("blob", "1") for n in range(3000)} | {"render.yaml": ("blob", "2"), "README.md": ("blob", "3")}

    rows = tree_rows(tree)

    assert len(rows) == MOST_ROOT_ENTRIES
    assert rows[:2] == [["render.yaml", "blob", "2"], ["README.md", "blob", "3"]]


OID = "a" * 40


@pytest.mark.parametrize(
    ("blob", "kept"),
    [
        ({"oid": OID, "byteSize": 3, "text": "abc"}, (3, "abc", False)),
        ({"oid": OID, "byteSize": None, "text": None, "isTruncated": True}, (0, None, True)),
        ({"oid": OID, "byteSize": "x", "text": "abc", "isBinary": True}, (0, None, False)),
        ({"oid": OID, "text": {"odd": 1}}, (0, None, False)),
        ({"oid": ["odd"], "text": "abc"}, None),
        ({"oid": "A" * 40}, None),
        ({"oid": "../x"}, None),
        ({"oid": None}, None),
        ({}, None),
        ([], None),
    ],
)
def test_a_blob_is_kept_under_a_proper_object_id(blob: object, kept: tuple[Any, ...] | None) -> None:
    from pipeline.github.batches import NodeAnswer
    from pipeline.github.queries import Wanted

    rows = list(file_payloads(NodeAnswer(Wanted("R_1"), {"file0": blob, "fileSystem": None, "databaseId": 1})))

    assert [(row.byte_size, row.text, row.is_truncated) for row in rows] == ([kept] if kept else [])


def test_a_root_that_github_says_is_not_there_is_known_to_be_empty() -> None:
    data = {"rootTree": None, "isEmpty": False}
    assert _root_tree(NodeAnswer(Wanted("R_1"), data), data) == {}
    assert _root_tree(NodeAnswer(Wanted("R_1"), data, frozenset({"rootTree"})), data) is None
