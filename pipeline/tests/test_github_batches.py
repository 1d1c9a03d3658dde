"""Batches that find their size, and what each repository of one gets when only a part comes back."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from pipeline.github.batches import LARGEST, BatchSize, NodeAnswer, ask
from pipeline.github.client import GraphQLAnswer
from pipeline.github.errors import (
    BadToken,
    BudgetExhausted,
    GitHubError,
    NotFound,
    QueryTooHeavy,
    ServerTrouble,
    classify_graphql,
    graphql_errors,
)
from pipeline.github.queries import Part, Wanted

Json = dict[str, Any]


class FakeClient:
    """Answers a batch by a function of the node ids asked for; keeps what was asked."""

    def __init__(self, answer: Callable[[list[str]], Json], seconds: float = 0.5) -> None:
        self.answer, self.seconds = answer, seconds
        self.asked: list[list[str]] = []
        self.variables: list[Mapping[str, Any]] = []

    def graphql(self, query: str, variables: Mapping[str, Any], *, estimate: float = 1.0) -> GraphQLAnswer:
        ids = re.findall(r'node\(id: "([^"]+)"', query)
        self.asked.append(ids)
        self.variables.append(variables)
        answer = self.answer(ids)
        error = classify_graphql(answer)
        if error is not None:
            raise error
        return GraphQLAnswer(answer["data"] or {}, graphql_errors(answer), self.seconds)


def repositories(ids: list[str]) -> Json:
    return {"data": {f"repo{n}": {"databaseId": int(node_id)} for n, node_id in enumerate(ids)}}


def no_more_than(most: int) -> Callable[[list[str]], Json]:
    def answer(ids: list[str]) -> Json:
        if len(ids) > most:
            raise QueryTooHeavy("ten seconds")
        return repositories(ids)

    return answer


def wanted(count: int, *parts: Part) -> list[Wanted]:
    return [Wanted(str(n), parts or (Part.IDENTITY,)) for n in range(1, count + 1)]


def asked(client: FakeClient, size: BatchSize, count: int = 8) -> list[NodeAnswer]:
    return ask(client, size, wanted(count), {})  # type: ignore[arg-type]


def numbers(answers: list[NodeAnswer]) -> list[int | None]:
    return [answer.data["databaseId"] if answer.data else None for answer in answers]


# Size


def test_a_batch_is_halved_until_it_fits() -> None:
    client, size = FakeClient(no_more_than(2)), BatchSize(8)

    answers = asked(client, size)

    assert numbers(answers) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [len(ids) for ids in client.asked] == [8, 4, 2, 2, 4, 2, 2]
    assert size.size == 3  # two worked, so it grows again


def test_one_repository_alone_can_be_too_heavy() -> None:
    def answer(ids: list[str]) -> Json:
        if "3" in ids:
            raise QueryTooHeavy("ten seconds")
        return repositories(ids)

    answers = asked(FakeClient(answer), BatchSize(8), 5)

    assert numbers(answers) == [1, 2, None, 4, 5]
    assert isinstance(answers[2].error, QueryTooHeavy)


def test_a_size_that_worked_quickly_grows_slowly() -> None:
    size = BatchSize(20)
    asked(FakeClient(repositories), size, 20)
    assert size.size == 22

    asked(FakeClient(repositories), size, 10)  # smaller than asked for: says nothing about more
    asked(FakeClient(repositories, seconds=6.0), size, 22)
    assert size.size == 22

    for _ in range(30):
        asked(FakeClient(repositories), size, size.size)
    assert size.size == LARGEST


def test_the_estimate_follows_what_was_measured() -> None:
    size = BatchSize(20)
    before = size.estimate(20)
    for _ in range(5):
        asked(FakeClient(repositories, seconds=8.0), size, 20)

    assert before == pytest.approx(1.3)
    assert size.estimate(20) == pytest.approx(7, abs=1.2)
    assert size.estimate(1000) == 10


def test_a_small_batch_says_little_of_what_one_costs() -> None:
    size = BatchSize(40)

    size.worked(4, 3.0)

    assert size.estimate(40) == pytest.approx(0.3 + 40 * (0.05 + 0.03 * (0.675 - 0.05)))


# Only what is missing


def heavy(*path: object) -> Json:
    return {"type": "RESOURCE_LIMITS_EXCEEDED", "path": list(path), "message": "Resource limits exceeded."}


def test_only_the_missing_are_asked_for_again() -> None:
    def answer(ids: list[str]) -> Json:
        found = repositories(ids)
        if len(ids) == 8:
            found["data"]["repo2"] = None
            found["errors"] = [heavy("repo2"), heavy("repo5", "defaultBranchRef")]
        return found

    client, size = FakeClient(answer), BatchSize(8)

    answers = asked(client, size)

    assert client.asked[1:] == [["3"], ["6"]]
    assert numbers(answers) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [answer.holes for answer in answers] == [frozenset()] * 8
    assert size.size == 4


def test_a_repository_that_is_alone_and_too_heavy_in_part_keeps_the_rest() -> None:
    def answer(ids: list[str]) -> Json:
        return repositories(ids) | {"errors": [heavy("repo0", "defaultBranchRef", "target")]}

    client = FakeClient(answer)

    (found,) = asked(client, BatchSize(8), 1)

    assert (found.data, found.holes, len(client.asked)) == ({"databaseId": 1}, {"defaultBranchRef"}, 1)


def test_parts_that_stay_too_heavy_come_to_an_end() -> None:
    def answer(ids: list[str]) -> Json:
        return repositories(ids) | {"errors": [heavy(f"repo{n}", "closedIssues") for n in range(len(ids))]}

    client = FakeClient(answer)

    answers = asked(client, BatchSize(8), 5)

    assert numbers(answers) == [1, 2, 3, 4, 5]
    assert {answer.holes for answer in answers} == {frozenset({"closedIssues"})}
    assert len(client.asked) == 9


# Errors at their place


def answered(data: Json | None, *errors: Json, count: int = 2) -> list[NodeAnswer]:
    return asked(FakeClient(lambda ids: {"data": data, "errors": list(errors)}), BatchSize(8), count)


def test_a_repository_that_is_gone_costs_itself() -> None:
    gone = {"type": "NOT_FOUND", "path": ["repo0"], "message": "Could not resolve to a node"}

    first, second = answered({"repo0": None, "repo1": {"databaseId": 2}}, gone)

    assert isinstance(first.error, NotFound)
    assert (second.error, numbers([second])) == (None, [2])


@pytest.mark.parametrize("data", [None, {}, [], "text", 7, {"databaseId": None}, {"databaseId": 0}])
def test_what_is_left_out_without_a_word_is_unknown_and_not_gone(data: object) -> None:
    first, second = answered({"repo0": data, "repo1": {"databaseId": 2}})

    assert type(first.error) is GitHubError
    assert second.error is None


def test_another_error_is_not_gone_either() -> None:
    closed = {"type": "FORBIDDEN", "path": ["repo0"], "message": "The organisation is closed to you"}

    first, _ = answered({"repo0": None, "repo1": {"databaseId": 2}}, closed)

    assert type(first.error) is GitHubError
    assert "closed to you" in str(first.error)


def test_a_hole_is_unknown_where_an_error_left_it() -> None:
    data = {"databaseId": 1, "closedIssues": None, "rootTree": None}
    error = {"path": ["repo0", "closedIssues", "nodes", 3], "message": "Something went wrong"}

    first, _ = answered({"repo0": data, "repo1": {"databaseId": 2}}, error)

    assert (first.known("closedIssues"), first.known("rootTree"), first.known("readme")) == (False, True, False)


def test_an_error_that_says_not_where_makes_every_null_unknown() -> None:
    data = {"databaseId": 1, "closedIssues": None, "rootTree": {}}

    first, _ = answered({"repo0": data, "repo1": {"databaseId": 2}}, {"message": "Something went wrong"})

    assert (first.known("closedIssues"), first.known("rootTree")) == (False, True)


@pytest.mark.parametrize("path", ["repo0", [], [None], [["repo0"]], [{"a": 1}, 2], ["repo0", {"odd": 1}], ["repo99"]])
def test_odd_paths_of_errors_harm_nobody(path: object) -> None:
    answers = answered({"repo0": {"databaseId": 1}, "repo1": {"databaseId": 2}}, {"path": path, "message": None})

    assert numbers(answers) == [1, 2]


@pytest.mark.parametrize("error", [ServerTrouble("down"), BudgetExhausted("nothing left"), GitHubError("odd")])
def test_a_batch_that_fails_as_a_whole_says_so_for_each(error: GitHubError) -> None:
    def answer(ids: list[str]) -> Json:
        raise error

    answers = asked(FakeClient(answer), BatchSize(8), 3)

    assert [answer.error for answer in answers] == [error] * 3


def test_a_bad_token_ends_everything() -> None:
    def answer(ids: list[str]) -> Json:
        raise BadToken("no")

    with pytest.raises(BadToken):
        asked(FakeClient(answer), BatchSize(8))


def test_only_the_variables_that_are_used_are_sent() -> None:
    client = FakeClient(repositories)
    values = {"committedSince": "2026-11-14T10:00:00Z", "updatedSince": "2026-11-14T10:00:00Z"}
    for parts in ((Part.IDENTITY,), (Part.COMMITS,), (Part.COMMITS, Part.CLOSED_ISSUES)):
        ask(client, BatchSize(8), wanted(1, *parts), values)  # type: ignore[arg-type]

    assert [sorted(sent) for sent in client.variables] == [[], ["committedSince"], ["committedSince", "updatedSince"]]
