"""The report of a file: where findings stand, what is told of services, and what a hostile text does."""

import json
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing.linting.example import EXAMPLE
from marketing.linting.report import MOST_FINDINGS, Report, lint, words, written
from marketing.tests.lint_cases import CASES, STATIC, STORE, WEB, database, group, services, variables, web
from pipeline.detection.render_yaml import read_render_yaml
from pipeline.tests.test_detection_untrusted import MERGE_BOMB, any_text

OWN_FILE = Path(__file__).resolve().parents[2] / "render.yaml"
SECONDS = 20  # generous: on a quiet machine the worst takes two


def lines(report: Report) -> dict[str, int | None]:
    return {finding.rule: finding.line for finding in report.findings}


def texts(report: Report) -> str:
    return "\n".join(
        [word.text for finding in report.findings for word in (*finding.message, *finding.remedy)]
        + [finding.excerpt for finding in report.findings]
    )


# -- Where findings stand --------------------------------------------------------------------------------------


def test_the_products_own_file_has_no_finding():
    assert lint(OWN_FILE.read_text()).findings == ()


def test_the_example_has_something_of_each_severity():
    assert lint(EXAMPLE).counts() == [("error", 2, "errors"), ("warning", 3, "warnings"), ("hint", 3, "hints")]


def test_a_finding_has_the_line_in_which_the_key_stands():
    found = lines(lint(EXAMPLE))
    place = {number: line.strip() for number, line in enumerate(EXAMPLE.splitlines(), start=1)}
    assert place[found["schedule-not-valid"]] == 'schedule: "0 25 * * *"'
    assert place[found["allow-list-missing"]] == "- type: keyvalue"
    assert place[found["secret-in-the-file"]] == "value: change-me-please"
    assert place[found["unknown-key"]] == "numInstance: 2"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_are_counted_whatever_ends_them(end):
    text = end.join(["\ufeff# one", "", "services:", "- type: web", "  nmae: a", ""])
    assert lines(lint(text))["unknown-key"] == 5


def test_a_part_that_was_merged_in_has_the_line_of_what_it_was_merged_into():
    text = "x: &x {zone: a}\nservices:\n- type: keyvalue\n  name: a\n  ipAllowList: []\n  <<: *x\n"
    (finding,) = [one for one in lint(text).findings if one.path == "services[0].zone"]
    assert finding.line == 3


def test_an_aliased_part_has_the_line_in_which_it_is_written():
    text = "x: &x\n  - {key: A}\nservices:\n- {type: web, name: a, envVars: *x}\n- {type: web, name: b, envVars: *x}\n"
    assert {one.line for one in lint(text).findings if one.rule == "variable-without-value"} == {2}


def test_findings_are_sorted_by_severity_and_line():
    found = [(one.severity, one.line) for one in lint(EXAMPLE).findings]
    assert found == sorted(found, key=lambda one: (["error", "warning", "hint"].index(one[0]), one[1]))


@pytest.mark.parametrize(
    ("text", "line", "column", "words_of_it"),
    [
        ("services:\n\t- type: web", 2, 1, "cannot start any token"),
        ("services: [1, 2", 1, 16, "did not find expected"),
        ("a: 'b", 1, 6, "unexpected end of stream"),
        ("a: {{ b }}", 1, 4, "unhashable"),
        ("a: *b", 1, 4, "undefined alias"),
    ],
)
def test_a_syntax_error_has_its_line_and_column(text, line, column, words_of_it):
    (finding,) = lint(text).findings
    assert (finding.severity, finding.line) == ("error", line)
    assert finding.column is not None
    assert abs(finding.column - column) <= 1
    assert words_of_it in finding.message[0].text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The file is empty."),
        ("# nothing", "The file is empty."),
        ("- a", "The file is a list and has to be a mapping."),
        ("npm start", "The file is a text and has to be a mapping."),
        ("a" * (256 * 1024 + 1), "The YAML is longer than 256 KB."),
    ],
)
def test_what_is_no_blueprint_gets_one_sentence(text, sentence):
    report = lint(text)
    assert [finding.message[0].text for finding in report.findings] == [sentence]
    assert (report.services, report.diagram, report.complexity) == ((), None, None)


@pytest.mark.parametrize(
    ("path", "text"),
    [((), ""), (("services", 0, "envVars", 12, "value"), "services[0].envVars[12].value"), (("a",), "a")],
)
def test_a_place_is_written_as_a_path(path, text):
    assert written(path) == text


def test_a_sentence_is_taken_apart_at_its_quotations():
    assert [(word.text, word.is_quoted) for word in words("Add `a` here.")] == [
        ("Add ", False),
        ("a", True),
        (" here.", False),
    ]


# -- Secrets ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        variables("key: API_TOKEN\nvalue: tell-nobody"),
        group("key: API_TOKEN\nvalue: tell-nobody"),
        variables("{key: API_TOKEN, value: tell-nobody, unknwon: tell-nobody}"),
        variables("key: API_TOKEN\nvalue: tell-nobody", "key: API_TOKEN\nvalue: tell-nobody-else"),
        variables("key: A\nvalue: postgres://me:tell-nobody@db.example.com/shop"),
        variables("key: API_TOKEN\nvalue: tell-nobody\nsync: false"),
    ],
)
def test_the_value_of_a_secret_is_in_no_finding(text):
    report = lint(text)
    assert any(finding.rule in {"secret-in-the-file", "connection-string-in-the-file"} for finding in report.findings)
    assert "tell-nobody" not in texts(report)


def test_other_findings_show_the_line_they_speak_of():
    (finding,) = lint(web("numInstance: 2")).findings
    assert finding.excerpt == "numInstance: 2"


# -- Tables, drawing and scores --------------------------------------------------------------------------------


def test_the_tables_say_what_the_file_states():
    report = lint(services(WEB + "\nplan: starter\nregion: ohio\nnumInstances: 3", STATIC, STORE) + database())
    rows = [(row.type, row.name, row.runtime, row.plan, row.region, row.count) for row in report.services]
    assert rows == [
        ("web service", "api", "python", "starter", "ohio", "3"),
        ("static site", "front", "static", None, None, None),
        ("Key Value store", "queue", None, "", "", None),
    ]
    assert [(row.name, row.plan, row.runtime) for row in report.databases] == [("db", "basic-256mb", "")]


def test_scaling_is_shown_by_its_bounds():
    report = lint(web("scaling: {minInstances: 1, maxInstances: 4, targetCPUPercent: 60}"))
    assert report.services[0].count == "1 to 4"


def test_services_of_projects_and_environments_are_listed_as_well():
    text = "projects:\n- name: shop\n  environments:\n  - name: live\n    services:\n    - {type: worker, name: mail}\n"
    report = lint(text + "ungrouped:\n  databases: [{name: db}]\n")
    assert [row.name for row in report.services + report.databases] == ["mail", "db"]


def test_groups_are_listed_with_their_variables():
    assert [(one.name, one.variables) for one in lint(group("key: A\nvalue: b")).groups] == [("shared", 1)]


def test_the_drawing_shows_who_reads_of_whom():
    drawn = lint(EXAMPLE).diagram
    assert drawn is not None
    assert {talk.source for talk in drawn.talks} == {"shop-web", "shop-mail"}


def test_the_scores_are_those_of_the_repositories_pages():
    report, facts = lint(EXAMPLE), read_render_yaml(EXAMPLE)
    assert (report.complexity, report.diversity) == (facts.complexity(), facts.diversity)
    assert sum(part.points for part in report.complexity_parts) == report.complexity
    assert sum(part.most for part in report.complexity_parts) == Decimal("10.0")


# -- Hostile texts ---------------------------------------------------------------------------------------------

BIG = "services:\n" + "\n".join(f"- {{type: web, name: s{number}, zzz{number}: 1}}" for number in range(1_900))
ALIASES = (
    "v: &v [" + "{key: a}," * 4_000 + "]\n"
    "s: &s\n- &t {type: web, name: a, envVars: *v}\n"
    + "- *t\n" * 5
    + "e: &e\n- &f {name: x, services: *s}\n"
    + "- *f\n" * 5
    + "projects:\n- &p {name: y, environments: *e}\n"
    + "- *p\n" * 5
)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        "{a: " * 60_000,
        "- " * 100_000,
        "? " * 100_000,
        "a: &a x\nb: [" + "*a, " * 21 + "]",
        "a: &a [*a]",
        "[" + "a, " * 20_000 + "]",
        "1:" * 100_000 + "1",
        MERGE_BOMB,
        BIG,
        ALIASES,
        ALIASES.replace("{key: a}", "1").replace("*v}", "*v, domains: *v}"),
        "s: &s {" + ",".join(f"k{number}: 1" for number in range(9_000)) + "}\nservices:\n" + "- *s\n" * 19,
        "\n".join("a: 1" for _ in range(9_900)),
        "services:\n- {type: web, name: a, zzz: 1}\n" + "".join(f"- {{healthCheckPat{n}: 1}}\n" for n in range(3_000)),
        web("healthCheckPath: /" + "x" * 200_000),
        variables("key: " + "aA_" * 60_000 + "\nvalue: 1"),
        variables("key: A\nvalue: " + "a://" * 60_000),
        services("type: cron\nname: a\nschedule: '" + "1," * 100_000 + " * * * *'"),
        services("".join(f"name: {sign * 60_000!r}" for sign in "`")),
    ],
    ids=range(21),
)
def test_a_hostile_text_takes_no_time_and_ends_nothing(text):
    began = time.perf_counter()
    report = lint(text)
    assert time.perf_counter() - began < SECONDS
    assert len(report.findings) <= MOST_FINDINGS
    assert len(texts(report)) < 200_000


def test_a_file_that_is_blown_up_by_aliases_is_cut_and_says_so():
    assert lint(ALIASES).is_cut
    assert not lint(EXAMPLE).is_cut


pieces = st.sampled_from([text for faults, fine in CASES.values() for text in (*faults, *fine)] + [EXAMPLE])


@given(any_text | st.text("abc:-?&*!|>%@`'\"#{}[],\n\t <0123456789.~", max_size=200))
def test_whatever_the_text_there_is_a_report(text):
    assert isinstance(lint(text), Report)


@settings(deadline=None)
@given(pieces, st.integers(0, 400), st.integers(0, 40), any_text)
def test_a_damaged_file_still_has_a_report_of_sentences(text, start, length, put):
    report = lint(text[:start] + put[:20] + text[start + length :])
    for finding in report.findings:
        assert finding.message
        assert finding.line is None or finding.line >= 1


scalars = st.none() | st.booleans() | st.integers(-5, 400) | st.sampled_from(["web", "free", "", "a", "off", "db"])
KEYS = ["type", "name", "runtime", "plan", "region", "scaling", "disk", "envVars", "key", "value", "fromService"]
KEYS += ["fromDatabase", "fromGroup", "schedule", "domains", "numInstances", "minInstances", "property", "ipAllowList"]
KEYS += ["services", "databases", "envVarGroups", "projects", "environments", "source", "previews", "image", "zzz"]
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=30,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["services", "databases", "envVarGroups", "projects", "previews"]), values))
def test_values_of_any_shape_under_any_key_end_no_rule(value):
    assert isinstance(lint(json.dumps(value)), Report)
