"""What a rule is and what it finds.

A rule is a small function with what Render's documentation says beside it. Messages are plain text in which what stands
between grave accents is quoted from the file or meant for it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal, TypeAlias, TypeVar

from marketing.linting.blueprint import Blueprint, Part, Service
from marketing.linting.document import Path
from marketing.linting.facts import Page

Severity: TypeAlias = Literal["error", "warning", "hint"]

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "hint")
MOST_OF_A_RULE = 50


@dataclass(frozen=True, slots=True)
class Remark:
    """What a rule says of one place in the file, and what would mend it."""

    path: Path
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Rule:
    """`says` is what Render's documentation says of the matter, in our words; `page` is where it says so."""

    name: str
    severity: Severity
    page: Page
    says: str
    find: Callable[[Blueprint], Iterator[Remark]]

    def remarks(self, blueprint: Blueprint) -> list[Remark]:
        """At most 50: beyond that, more of the same tells nobody anything."""
        return list(islice(self.find(blueprint), MOST_OF_A_RULE))


S = TypeVar("S")
Check: TypeAlias = Callable[[S, Blueprint], Iterator[Remark]]


def over(
    subjects: Callable[[Blueprint], Iterable[S]],
) -> Callable[[Severity, Page, str], Callable[[Check[S]], Rule]]:
    """Make a decorator for rules that look at one subject at a time. A rule is named for its function."""

    def described(severity: Severity, page: Page, says: str) -> Callable[[Check[S]], Rule]:
        def made(check: Check[S]) -> Rule:
            def find(blueprint: Blueprint) -> Iterator[Remark]:
                for subject in subjects(blueprint):
                    yield from check(subject, blueprint)

            return Rule(check.__name__.replace("_", "-"), severity, page, says, find)

        return made

    return described


def _services(blueprint: Blueprint) -> Iterable[Service]:
    return blueprint.services


def _databases(blueprint: Blueprint) -> Iterable[Part]:
    return blueprint.of("database")


def _variables(blueprint: Blueprint) -> Iterable[Part]:
    return blueprint.of("variable")


def _parts(blueprint: Blueprint) -> Iterable[Part]:
    return blueprint.parts


service_rule = over(_services)
database_rule = over(_databases)
variable_rule = over(_variables)
part_rule = over(_parts)


def file_rule(severity: Severity, page: Page, says: str) -> Callable[[Callable[[Blueprint], Iterator[Remark]]], Rule]:
    """Make a rule that looks at the file as a whole."""

    def made(find: Callable[[Blueprint], Iterator[Remark]]) -> Rule:
        return Rule(find.__name__.replace("_", "-"), severity, page, says, find)

    return made
