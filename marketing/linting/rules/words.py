"""Rules about values that are one of a few words. Close to a known word it is a slip; otherwise it may be new."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from marketing.linting import facts
from marketing.linting.blueprint import Blueprint, Part, Service
from marketing.linting.facts import DEPLOYS, PLANS, SPEC
from marketing.linting.findings import Remark, Rule, part_rule, service_rule
from marketing.linting.wording import listed, nearest, quoted


@dataclass(frozen=True, slots=True)
class Choice:
    """A key of a kind of part whose value is one of `known(part)`."""

    kind: str
    key: str
    known: Callable[[Part], tuple[str, ...]]


def always(*words: str) -> Callable[[Part], tuple[str, ...]]:
    return lambda part: words


def plans(part: Part) -> tuple[str, ...]:
    """The plan words of a service or database; none where a plan is out of place or named for its size."""
    word = part.text("plan").lower()
    if part.kind == "database":
        return () if facts.PLAN_ID.fullmatch(word) else facts.DATABASE_PLANS
    if isinstance(part, Service) and part.type == "keyvalue":
        return () if facts.MEMORY_PLAN_ID.fullmatch(word) else facts.KEY_VALUE_PLANS
    if isinstance(part, Service) and part.runs_code:
        return () if facts.PLAN_ID.fullmatch(word) else facts.SERVER_PLANS
    return ()


CHOICES = (
    Choice("service", "type", always(*facts.TYPES, *facts.OLD_TYPES, *facts.NO_TYPES)),
    Choice("service", "runtime", always(*facts.RUNTIMES)),
    Choice("service", "env", always(*facts.RUNTIMES)),
    Choice("service", "region", always(*facts.REGION_NAMES)),
    Choice("service", "plan", plans),
    Choice("service", "autoDeployTrigger", always(*facts.DEPLOY_TRIGGERS)),
    Choice("service", "maxmemoryPolicy", always(*facts.MEMORY_POLICIES)),
    Choice("database", "region", always(*facts.REGION_NAMES)),
    Choice("database", "plan", plans),
    Choice("database", "postgresMajorVersion", always(*facts.POSTGRES_MAJORS)),
    Choice("previews", "generation", always(*facts.GENERATIONS)),
    Choice("service previews", "generation", always(*facts.GENERATIONS)),
    Choice("route", "type", always(*facts.ROUTE_TYPES)),
    Choice("service reference", "property", always(*facts.SERVICE_PROPERTIES)),
    Choice("database reference", "property", always(*facts.DATABASE_PROPERTIES)),
)
# Written without quotation marks they are no and not a word, to readers of YAML 1.1.
NO_WORDS = {"autoDeployTrigger", "generation"}


def unknown(part: Part) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    """(key, word, the words it could be) of each value that is none of those."""
    for choice in CHOICES:
        if choice.kind == part.kind and part.has(choice.key):
            word, known = part.text(choice.key), choice.known(part)
            is_off = part.switch(choice.key) is False and choice.key in NO_WORDS
            if word and known and not is_off and word.lower() not in map(str.lower, known):
                yield choice.key, word, known


@part_rule("warning", SPEC, "The field takes one of the words that the reference lists.")
def misspelt_word(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for key, word, known in unknown(part):
        if close := nearest(word, known):
            message = f"{quoted(word)} is not known as {quoted(key)} of a {part.kind}."
            yield Remark(part.at(key), message, f"Did you mean {quoted(close)}?")


@part_rule("hint", SPEC, "The field takes one of the words that the reference lists.")
def unknown_word(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for key, word, known in unknown(part):
        if not nearest(word, known):
            message = f"{quoted(word)} is not known as {quoted(key)} of a {part.kind}. It may be newer than this page."
            remedy = f"Known are {listed(known)}." if len(known) <= 10 else "Check its spelling."
            yield Remark(part.at(key), message, remedy)


@service_rule("error", SPEC, "A service is of type web, pserv, worker, cron or keyvalue.")
def no_type_of_a_service(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if remedy := facts.NO_TYPES.get(service.text("type").lower()):
        yield Remark(service.at("type"), f"{quoted(service.text('type'))} is no type of a service.", remedy)


@service_rule("hint", SPEC, "keyvalue is today's name of the type; redis is its older alias.")
def old_type(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if service.text("type").lower() in facts.OLD_TYPES:
        yield Remark(service.at("type"), "`redis` is the older name of `keyvalue`.", "Write `type: keyvalue`.")


@part_rule("hint", DEPLOYS, "Its example puts 'off' between quotation marks.")
def off_without_quotation_marks(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for key in sorted(NO_WORDS):
        if part.switch(key) is False:
            message = f"`off` without quotation marks is read as the value no by many readers of YAML, here of {key}."
            yield Remark(part.at(key), message, f"Write `{key}: 'off'`.")


@part_rule("warning", PLANS, "The plans basic, pro and accelerated replaced these; new databases cannot have them.")
def old_database_plan(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    if part.kind == "database" and part.text("plan").lower() in facts.OLD_DATABASE_PLANS:
        message = f"{part.words} has the plan {quoted(part.text('plan'))}, which only older databases can keep."
        yield Remark(part.at("plan"), message, "Choose a plan such as `basic-256mb`.")


RULES: tuple[Rule, ...] = (
    misspelt_word,
    unknown_word,
    no_type_of_a_service,
    old_type,
    off_without_quotation_marks,
    old_database_plan,
)
