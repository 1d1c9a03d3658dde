"""Every query text that can be put together is valid GraphQL, whatever the paths in it are called."""

from itertools import combinations

import pytest
from graphql import FieldNode, InlineFragmentNode, OperationDefinitionNode, StringValueNode, parse, validate

from pipeline.demo.graph import schema
from pipeline.github.queries import Part, Wanted, more_pages_query, quote, repositories_query, used_variables

PARTS = [parts for count in range(len(Part) + 1) for parts in combinations(Part, count)]
VALUES = {"committedSince": "2026-11-14T10:00:00Z", "updatedSince": "2026-11-14T10:00:00Z"}
HOSTILE = [
    'a"b',
    "a\\b",
    'a\\"b") { x }',
    "a\nb",
    "a\r\nb",
    "a\tb",
    "a\x00b",
    "a\x7fb",
    "$committedSince",
    "{}#",
    '"""',
    "ünïcödé",
    "👩‍👩‍👧‍👦 𝒳",
    "\u2028\u202e",
    "first: 100",
    "../../etc",
    "",
]


def assert_valid(query: str, variables: dict[str, str]) -> None:
    assert validate(schema(), parse(query)) == []
    for name in VALUES:
        assert (f"${name}:" in query) == (name in variables)


@pytest.mark.parametrize("parts", PARTS, ids="+".join)
def test_every_combination_of_parts_files_and_folders_is_valid(parts: tuple[Part, ...]) -> None:
    files, folders = ("render.yaml", "README.md"), ("apps", "packages")
    rows = [Wanted("R_1", parts), Wanted("R_2", parts, files), Wanted("R_3", parts, (), folders)]
    for wanted in ([rows[len(parts) % 3]], [*rows, Wanted("R_4", parts, files, folders)]):
        assert_valid(repositories_query(wanted), used_variables(wanted, VALUES))


def test_repositories_of_one_query_may_be_asked_for_different_things() -> None:
    wanted = [Wanted(f"R_{n}", parts) for n, parts in enumerate(PARTS)]

    query = repositories_query(wanted)

    assert_valid(query, used_variables(wanted, VALUES))
    assert query.count("fragment Commits on Repository") == 1


@pytest.mark.parametrize("part", [Part.COMMITS, Part.CLOSED_ISSUES])
@pytest.mark.parametrize("cursor", ["Y3Vyc29yOjEwMA==", *HOSTILE])
def test_a_further_page_is_valid(part: Part, cursor: str) -> None:
    query = more_pages_query(part, "R_1", cursor)

    assert_valid(query, used_variables([Wanted("R_1", (part,))], VALUES))
    assert query.count("after: ") == 1 + cursor.count("after: ")


@pytest.mark.parametrize("path", HOSTILE)
def test_a_hostile_path_stays_one_string(path: str) -> None:
    query = repositories_query([Wanted(path, files=(path,), folders=(path,))])

    assert validate(schema(), parse(query)) == []
    node_id, file, folder = _strings(query)
    assert (node_id, file, folder) == (path, f"HEAD:{path}", f"HEAD:{path}")


@pytest.mark.parametrize("text", HOSTILE)
def test_characters_beyond_ascii_stand_for_themselves(text: str) -> None:
    assert "\\ud" not in quote(text)


def _strings(query: str) -> list[str]:
    """The strings of the first operation, in order."""
    operation = parse(query).definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    found: list[str] = []

    def walk(node: OperationDefinitionNode | FieldNode | InlineFragmentNode) -> None:
        for argument in getattr(node, "arguments", None) or ():
            assert isinstance(argument.value, StringValueNode)
            found.append(argument.value.value)
        for child in node.selection_set.selections if node.selection_set else ():
            if isinstance(child, FieldNode | InlineFragmentNode):
                walk(child)

    walk(operation)
    return found
