"""The GraphQL texts sent to GitHub, put together from the fragments beside this module.

Each repository is asked for by `node(id:)` under an alias of its own, so that one query may ask different things of
different repositories: history only where something was pushed, texts only of files that are new.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

FRAGMENTS = Path(__file__).parent / "fragments"
RATE_LIMIT = "rateLimit { limit cost remaining used resetAt }"


class Part(StrEnum):
    """What can be asked of a repository; each is one fragment file."""

    IDENTITY = "identity"
    METADATA = "metadata"
    COMMITS = "commits"
    CLOSED_ISSUES = "closed_issues"
    ROOT_TREE = "root_tree"
    PACKAGE_JSON = "package_json"


VARIABLES = {Part.COMMITS: "$committedSince: GitTimestamp!", Part.CLOSED_ISSUES: "$updatedSince: DateTime!"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """One repository's share of a query: parts, texts of files, and the entries of folders, by path."""

    node_id: str
    parts: tuple[Part, ...] = ()
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()


def repositories_query(wanted: Sequence[Wanted]) -> str:
    """One query: repository n answers as `repo<n>`, its file m as `file<m>`, its folder m as `folder<m>`.

    Variables `committedSince` and `updatedSince` are declared only where a part uses them, as GraphQL demands.
    """
    parts = sorted({part for repo in wanted for part in repo.parts})
    variables = ", ".join(VARIABLES[part] for part in parts if part in VARIABLES)
    names = [*parts, *(["file"] if any(repo.files or Part.PACKAGE_JSON in repo.parts for repo in wanted) else [])]
    names += ["folder"] if any(repo.folders for repo in wanted) else []
    selections = "\n  ".join(f"repo{n}: {_repository(repo)}" for n, repo in enumerate(wanted))
    operation = f"query Repositories{f'({variables})' if variables else ''} {{\n  {RATE_LIMIT}\n  {selections}\n}}"
    return "\n".join([operation, *map(fragment, names)])


def more_pages_query(part: Part, node_id: str, cursor: str) -> str:
    """The page after `cursor` of one repository's commits or closed issues; it answers as `repo0`."""
    wanted = (Wanted(node_id, (part,)),)
    return repositories_query(wanted).replace("first: 100", f"first: 100, after: {quote(cursor)}")


def used_variables(wanted: Sequence[Wanted], values: Mapping[str, str]) -> dict[str, str]:
    """Those of `values` that `repositories_query(wanted)` declares."""
    declared = " ".join(VARIABLES[part] for repo in wanted for part in repo.parts if part in VARIABLES)
    return {name: value for name, value in values.items() if f"${name}:" in declared}


@cache
def fragment(name: str) -> str:
    """The fragment stored as fragments/<name>.graphql, without its comments."""
    lines = (FRAGMENTS / f"{name}.graphql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


def quote(value: str) -> str:
    """A GraphQL string literal, which is written like JSON's; paths come from repositories and may hold anything.

    Characters beyond ASCII stand for themselves: not every GraphQL parser joins JSON's escaped surrogate pairs.
    """
    return json.dumps(value, ensure_ascii=False)


def _repository(repo: Wanted) -> str:
    selections = [f"...{part.replace('_', ' ').title().replace(' ', '')}" for part in repo.parts]
    selections += [f"file{n}: object(expression: {quote(f'HEAD:{p}')}) {{ ...File }}" for n, p in enumerate(repo.files)]
    selections += [
        f"folder{n}: object(expression: {quote(f'HEAD:{p}')}) {{ ...Folder }}" for n, p in enumerate(repo.folders)
    ]
    return f"node(id: {quote(repo.node_id)}) {{ ... on Repository {{ databaseId {' '.join(selections)} }} }}"
