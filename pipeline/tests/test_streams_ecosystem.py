"""The ecosystem's stream: several sources, their union remembered, and what each of them may do wrong."""

import json
from typing import Any

import pytest

from pipeline.demo.names import OFFICIAL_ORGS
from pipeline.demo.server import Server
from pipeline.streams.context import Memory, RenderOwners, StreamLimits
from pipeline.streams.ecosystem import Candidates, Evidence, recount
from pipeline.streams.harvest import RepoRef, StreamResult
from pipeline.streams.hydration import Hydrated
from pipeline.tests.test_streams_gather import NOW, Reading, paths, reading

ALL = StreamLimits(ecosystem=150)


def read(run: Reading) -> Reading:
    return run.run(ecosystem=True)


def known(run: Reading) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = run.results["render"].remembered["known"]
    return found


def test_every_source_is_asked(server: Server) -> None:
    with reading(server) as run:
        read(run)

    asked = [path.partition("?")[0] for path in paths(server, "/") if "stargazers" not in path]
    assert {path for path in asked if path != "/graphql"} == {
        "/orgs/demo--render/repos", "/orgs/demo--render-examples/repos", "/users/demo--employee-one/repos",
        "/users/demo--employee-two/repos", "/search/repositories", "/search/code",
    }  # fmt: skip
    assert asked.count("/search/repositories") == 4
    assert run.results["render"].notes == []
    evidence = {row[2] for row in known(run).values()}
    assert evidence == {int(value) for value in Evidence if value is not Evidence.TOPIC} | ({2} & evidence)


def test_forks_are_left_out(server: Server) -> None:
    forks = {face.id for face in server.universe.view().faces() if face.repository.fork}
    with reading(server) as run:
        read(run)

    assert forks
    assert not forks & {int(number) for number in known(run)}


def test_only_a_render_yaml_in_the_root_counts(server: Server) -> None:
    def item(number: int, path: str) -> dict[str, Any]:
        repository = {"id": number, "node_id": f"R_{number}", "full_name": f"a/{number}", "fork": False}
        return {"path": path, "repository": repository}

    items = [item(1, "render.yaml"), item(2, "deploy/render.yaml"), item(3, "render.yml"), {"path": "render.yaml"}, 7]
    body = json.dumps({"total_count": 5, "items": items})
    server.api.faults.set([{"match": "/search/code", "times": 1, "status": 200, "body": body}])
    with reading(server, limits=ALL) as run:
        read(run)

    found = {number for number, row in known(run).items() if row[2] == Evidence.RENDER_FILE}
    assert not {"2", "3"} & found
    assert any("1 repositories are gone" in note for note in run.results["render"].notes)  # number 1 is made up


def test_what_an_earlier_run_found_is_remembered(server: Server) -> None:
    with reading(server) as first:
        read(first)
    nothing = '{"total_count": 0, "items": []}'
    server.api.faults.set([{"match": "/search/", "times": 99, "status": 200, "body": nothing}])
    with reading(server, memory=first.memory()) as second:
        read(second)

    assert second.results["render"].succeeded
    assert set(known(second)) == set(known(first))
    assert set(second.members("render")) == set(first.members("render"))


def test_a_repository_that_is_gone_is_forgotten(server: Server) -> None:
    memory = Memory(streams={"render": {"remembered": {"known": {"77": ["R_gone", "a/gone", 0, 999_999]}}}})
    with reading(server, memory=memory) as run:
        read(run)

    assert "77" not in known(run)
    assert 77 not in run.members("render")


def test_the_strongest_evidence_and_the_most_stars_are_kept_first() -> None:
    candidates = Candidates()
    for number, evidence, stars in [(1, 3, 900), (2, 1, None), (3, 0, 5), (4, 0, 50), (2, 3, 7)]:
        ref = RepoRef(number, f"R_{number}", f"a/{number}", "render_ecosystem", stars, has_metadata=stars is not None)
        candidates.add(ref, evidence, {"id": number})

    assert [(c.ref.github_id, c.evidence, c.ref.stars) for c in candidates.best(3)] == [
        (4, 0, 50),
        (3, 0, 5),
        (2, 1, 7),
    ]
    result = StreamResult("render", remembered={"known": candidates.to_remember()})
    recount(result, Hydrated(gone={4}, stars={3: 6}))
    assert result.remembered["known"] == {
        "1": ["R_1", "a/1", 3, 900], "2": ["R_2", "a/2", 1, 7], "3": ["R_3", "a/3", 0, 6],
    }  # fmt: skip


def test_an_owner_that_does_not_exist_has_no_repositories(server: Server) -> None:
    owners = RenderOwners(("demo--nobody", *OFFICIAL_ORGS), ("demo--nobody-else",), ())
    with reading(server, owners=owners) as run:
        read(run)

    assert run.results["render"].succeeded
    assert run.results["render"].notes == []


@pytest.mark.parametrize("match", ["/orgs/demo--render/", "/search/code", "topic%3Arender-deploy", "in%3Areadme"])
def test_one_source_that_fails_is_noted(server: Server, match: str) -> None:
    server.api.faults.set([{"match": match, "times": 99, "status": 500}])
    with reading(server) as run:
        read(run)

    assert run.results["render"].succeeded
    (note,) = run.results["render"].notes
    assert note.endswith(": 500: fault")


def test_a_stream_without_any_source_fails(server: Server) -> None:
    server.api.faults.set([{"match": "/(orgs|users|search)/", "times": 999, "status": 500}])
    with reading(server) as run:
        read(run)

    assert "no source of the ecosystem answered" in run.results["render"].error
    assert run.results["render"].remedy


@pytest.mark.parametrize("body", ["7", "null", '"text"', "{}", "[null, 7, [], {}]", '[{"id": 1}]', '{"items": [7]}'])
def test_an_odd_list_costs_itself(server: Server, body: str) -> None:
    match = "/(orgs|users)/.*repos|/search/code"
    server.api.faults.set([{"match": match, "times": 99, "status": 200, "body": body}])
    with reading(server) as run:
        read(run)

    assert run.results["render"].succeeded


def test_members_without_metadata_get_it_and_their_star_history(server: Server) -> None:
    owners = RenderOwners()
    with reading(server, owners=owners, limits=ALL, now=NOW) as run:
        read(run)

    late = [ref for ref in run.results["render"].members if not ref.has_metadata]
    assert late
    for ref in late:
        assert run.repos[ref.github_id].api_response["stargazerCount"] >= 0
        assert run.of_kind("star_history")[ref.github_id]["stars"] is not None


def test_unchanged_lists_of_owners_cost_nothing(server: Server) -> None:
    with reading(server) as first:
        read(first)
    memory = first.memory()
    memory.answers = dict(first.client.remembered)
    with reading(server, memory=memory) as second:
        second.client.remembered |= memory.answers
        read(second)

    assert second.client.not_modified == 4
