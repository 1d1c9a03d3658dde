"""Each rule finds fault with what it should, lets through what it should, and says so in proper sentences."""

import re

import pytest

from marketing.linting.findings import SEVERITIES
from marketing.linting.report import Finding, lint
from marketing.linting.rules import RULES
from marketing.linting.schedule import problem
from marketing.linting.wording import listed, nearest, quoted
from marketing.tests.lint_cases import CASES, CRON, DATABASE, DOCKER, STATIC, STORE, WEB, WORKER, databases, services

FAULTS = [(rule, text) for rule, (faults, _) in CASES.items() for text in faults]
FINE = [(rule, text) for rule, (_, fine) in CASES.items() for text in fine]


def found(text: str, rule: str) -> list[Finding]:
    return [finding for finding in lint(text).findings if finding.rule == rule]


def plain(words) -> str:
    return "".join(word.text for word in words)


@pytest.mark.parametrize(("rule", "text"), FAULTS)
def test_a_rule_finds_fault(rule, text):
    assert found(text, rule)


@pytest.mark.parametrize(("rule", "text"), FINE)
def test_a_rule_lets_through(rule, text):
    assert found(text, rule) == []


@pytest.mark.parametrize(("rule", "text"), FAULTS + FINE)
def test_no_case_is_unreadable(rule, text):
    assert found(text, "unreadable") == []


def test_every_rule_has_cases_of_both_kinds():
    assert [rule.name for rule in RULES] == list(CASES)
    assert all(faults and fine for faults, fine in CASES.values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_says_how_bad_it_is_and_where_it_is_documented(rule):
    assert rule.severity in SEVERITIES
    assert rule.says.endswith(".")
    assert re.fullmatch(r"https://render\.com/docs/[a-z-]+", rule.page.href)


@pytest.mark.parametrize(("rule", "text"), FAULTS)
def test_a_finding_is_a_sentence_with_a_remedy_and_a_line(rule, text):
    for finding in found(text, rule):
        assert plain(finding.message).endswith(".")
        assert plain(finding.remedy).endswith((".", "?"))
        assert finding.line is not None


@pytest.mark.parametrize("text", [WEB, WORKER, CRON, STATIC, DOCKER, STORE])
def test_a_service_as_it_should_be_has_no_finding(text):
    assert lint(services(text)).findings == ()


def test_a_database_as_it_should_be_has_no_finding():
    assert lint(databases(DATABASE)).findings == ()


def test_what_may_be_new_is_never_an_error():
    text = services(
        "type: gpu\nname: a\nruntime: zig\nplan: 7x-large\nregion: mars\nshards: 3\nenvVars: [{key: A, fromVault: b}]",
        WEB + "\nplan: enormous\nautoDeployTrigger: moonrise",
    )
    text += "queues:\n- name: b\n" + databases("name: c\nplan: galactic\npostgresMajorVersion: '40'\nsharding: {}")
    assert {finding.severity for finding in lint(text).findings} == {"hint"}


@pytest.mark.parametrize(
    ("key", "remedy"),
    [
        ("healthcheckpath", "Did you mean healthCheckPath?"),
        ("buildcomand", "Did you mean buildCommand?"),
        ("shards", "Check its spelling, or leave it if it is new."),
        ("k" * 900, "Check its spelling, or leave it if it is new."),
    ],
)
def test_an_unknown_key_is_compared_with_those_that_are_known(key, remedy):
    (finding,) = found(services(f"{WEB}\n{key}: 1"), "unknown-key")
    assert plain(finding.remedy) == remedy


def test_a_missing_name_close_to_a_known_one_is_named():
    text = services(f"{WEB}\nenvVars: [{{key: A, fromDatabase: {{name: shop-bd, property: host}}}}]")
    (finding,) = found(text + databases("name: shop-db\nipAllowList: []"), "nothing-of-this-name")
    assert plain(finding.remedy) == "Did you mean shop-db?"


def test_a_rule_stops_after_fifty_of_its_findings():
    assert len(found(services(*[f"name: s{number}" for number in range(80)]), "required-key-missing")) == 50


# -- Schedules -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "schedule",
    [
        "* * * * *",
        "*/5 * * * *",
        "0 0 1 1 0",
        "0,30 9-17 * * mon-fri",
        "0 3 * jan,dec 7",
        "59 23 31 12 6",
        "1-10/2 * * * *",
    ],
)
def test_a_schedule_of_five_fields_is_valid(schedule):
    assert problem(schedule) is None


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ("", "has 0 fields and needs five"),
        ("@daily", "has 1 field and needs five"),
        ("0 0 3 * * *", "has 6 fields and needs five"),
        ("60 * * * *", "has no minute between 0 and 59"),
        ("* 24 * * *", "has no hour between 0 and 23"),
        ("* * 0 * *", "has no day of the month between 1 and 31"),
        ("* * * 13 *", "has no month between 1 and 12"),
        ("* * * * 8", "has no day of the week between 0 and 7"),
        ("* * * * monday", "has no day of the week between 0 and 7"),
        ("5-1 * * * *", "has no minute between 0 and 59"),
        ("*/0 * * * *", "has no minute between 0 and 59"),
        (", * * * *", "has no minute between 0 and 59"),
        ("٣ * * * *", "has no minute between 0 and 59"),
    ],
)
def test_another_schedule_is_told_what_is_wrong(schedule, words):
    assert problem(schedule) == words


# -- Words -----------------------------------------------------------------------------------------------------


def test_a_quoted_word_is_short_and_cannot_end_its_quotation():
    assert quoted("a`b") == "`a'b`"
    assert len(quoted("x" * 500)) == 62


def test_words_are_listed_and_compared():
    assert listed(["a", "b", "c"]) == "`a`, `b` and `c`"
    assert listed(["a"]) == "`a`"
    assert nearest("STARTR", ("starter", "standard")) == "starter"
    assert nearest("zzz", ("starter",)) is None
