"""One repository's raw rows as its staging row and enrichment; raw rows are built unsaved, there is no database."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.etl.raw_rows import RawRepo
from pipeline.etl.repo_facts import InvalidRepo
from pipeline.etl.staged_rows import EXPECTED, NOT_READ, stage_repo
from pipeline.github.batches import NodeAnswer
from pipeline.github.queries import Wanted
from pipeline.models import RawGithubRepo, RenderEnrichment, StagedRepo
from pipeline.streams.context import RenderOwners
from pipeline.streams.files import file_payloads, has_file, read_tree, readme_name, tree_rows, wanted_files
from pipeline.streams.harvest import FilePayload, RepoRef

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)  # a Saturday: the week that began on the 15th ends today
NEWEST = 1_794_700_800  # 2026-11-15T00:00:00Z
OWNERS = RenderOwners(("Render-Org",), ("Employee",), ("render",))
RENDER_YAML = (
    "services:\n  - {type: web, name: app, runtime: python}\n  - {type: worker, name: jobs, runtime: docker}\n"
)
README = (
    "# App\n\n[![Deploy](https://render.com/images/b.svg)](https://render.com/deploy?repo=https://github.com/a/b)\n"
)
PAYLOAD = {
    "id": 7,
    "full_name": "acme/tool",
    "html_url": "https://github.com/acme/tool",
    "description": "A tool",
    "language": "Python",
    "stargazers_count": 1000,
    "forks_count": 5,
    "open_issues_count": 12,
    "created_at": "2025-11-21T00:00:00Z",
    "updated_at": "2026-11-21T09:00:00Z",
    "pushed_at": "2026-11-20T08:00:00Z",
    "topics": ["cli"],
    "private": False,
}
HISTORY = {
    "stars": 1000,
    "weeks": [
        {"week": NEWEST, "days": [1, 2, 3, 4, 5, 6, 7]},
        {"week": NEWEST - 7 * 86_400, "days": [10] * 7},
    ],
}
COMMITS = {
    "complete": True,
    "total": 3,
    "nodes": [
        {"committedDate": "2026-11-20T08:00:00Z", "author": {"user": {"login": login}}}
        for login in ("ann", "Ann", "dependabot[bot]")
    ],
}
ISSUES = {"complete": True, "total": 1, "nodes": [{"number": 1, "closedAt": "2026-11-19T08:00:00Z"}]}
FILES = {"tree": [["render.yaml", "blob", "o1"], ["README.md", "blob", "o2"], ["src", "tree", "o3"]]}
PLAIN_FILES = {"tree": [["src", "tree", "o3"]]}
METRICS = {"star_history": HISTORY, "commits": COMMITS, "issues": ISSUES, "files": FILES}
TEXTS = {"render": RENDER_YAML, "readme": README}
COUNTS = [field.attname for field in StagedRepo._meta.fields if field.get_internal_type() == "PositiveIntegerField"]


def raw(*, payload=PAYLOAD, metrics=METRICS, texts=TEXTS, seen_at=NOW, history_seen_at=NOW, **changes):
    row = RawGithubRepo(
        github_id=7, repo_full_name="acme/tool", api_response=payload | changes, fetch_timestamp=seen_at,
        last_seen_at=seen_at,
    )  # fmt: skip
    return RawRepo(row, dict(metrics), history_seen_at, dict(texts))


def without(*names):
    return {name: data for name, data in METRICS.items() if name not in names}


def staged(as_of=NOW, **changes):
    return stage_repo(raw(**changes), OWNERS, as_of)


def values(as_of=NOW, **changes):
    return staged(as_of, **changes).values


# --- a whole row ------------------------------------------------------------------------------------------------------


def test_a_row_of_which_everything_is_known():
    found = values()
    assert found["unknown_fields"] == []
    assert str(found["data_quality_score"]) == "1.00"
    assert (found["stars_last_24_hours"], found["stars_last_7_days"], found["stars_last_30_days"]) == (7, 28, 98)
    assert (found["commits_last_7_days"], found["active_contributors"], found["issues_closed_last_7_days"]) == (3, 1, 1)
    assert found["uses_render"] is True
    assert (found["render_yaml_content"], found["readme_content"]) == (RENDER_YAML, README)
    assert (found["repo_full_name"], found["stars"], found["topics"]) == ("acme/tool", 1000, ["cli"])
    assert found["star_days"] == {"first": "2026-11-08", "gained": [10] * 7 + [1, 2, 3, 4, 5, 6, 7]}
    assert found["weeks_gaining"] == 2


def test_a_row_and_its_enrichment_name_columns_of_their_tables():
    found = staged()
    assert set(found.values) <= {field.attname for field in StagedRepo._meta.concrete_fields}
    assert set(found.enrichment) <= {field.attname for field in RenderEnrichment._meta.concrete_fields}


def test_a_payload_of_another_repository_is_rejected():
    with pytest.raises(InvalidRepo, match="of another repository"):
        staged(id=8)


# --- what is unknown --------------------------------------------------------------------------------------------------

STARS = ["stars_last_24_hours", "stars_last_7_days", "stars_last_30_days"]
TEXT_FIELDS = ["uses_render", "render_yaml_content", "readme_content"]


@pytest.mark.parametrize(
    ("missing", "unknown", "score"),
    [
        (["star_history"], STARS, "0.88"),  # 0.7 * 14/17 + 0.3
        (["commits"], ["commits_last_7_days", "active_contributors"], "0.92"),
        (["issues"], ["issues_closed_last_7_days"], "0.96"),
        (["files"], TEXT_FIELDS, "0.88"),
        (
            ["star_history", "commits", "issues", "files"],
            [*STARS, "commits_last_7_days", "issues_closed_last_7_days", "active_contributors", *TEXT_FIELDS],
            "0.63",  # 0.7 * 8/17 + 0.3
        ),
    ],
)
def test_a_missing_metric_makes_its_fields_unknown_and_lowers_the_score(missing, unknown, score):
    found = values(metrics=without(*missing), texts={} if "files" in missing else TEXTS)
    assert found["unknown_fields"] == unknown
    assert all(found[name] is None for name in unknown)
    assert str(found["data_quality_score"]) == score


@pytest.mark.parametrize(
    ("changes", "unknown"),
    [
        ({"description": None, "language": None}, []),
        ({"description": 7, "language": 7}, ["language", "description"]),
        ({"forks_count": None}, ["forks"]),
        ({"open_issues_count": -1}, ["open_issues"]),
        ({"created_at": None, "updated_at": "?"}, ["created_at", "updated_at"]),
        ({"pushed_at": None}, ["pushed_at"]),
        ({"texts": {}}, ["render_yaml_content", "readme_content"]),
        ({"texts": {"render": RENDER_YAML}}, ["readme_content"]),
        ({"texts": {"render": None, "readme": README}}, ["render_yaml_content"]),
        ({"history_seen_at": None}, STARS),
        ({"history_seen_at": NOW - timedelta(days=8)}, STARS),
    ],
)
def test_what_was_not_said_is_unknown_and_what_is_known_to_be_none_is_not(changes, unknown):
    assert values(**changes)["unknown_fields"] == unknown


def test_files_that_the_root_does_not_have_are_known_to_be_absent():
    found = values(metrics=METRICS | {"files": PLAIN_FILES}, texts={})
    assert found["unknown_fields"] == []
    assert (found["uses_render"], found["render_yaml_content"], found["readme_content"]) == (False, None, None)
    assert str(found["data_quality_score"]) == "1.00"


def test_an_empty_repository_is_known_not_to_use_render():
    assert values(metrics=METRICS | {"files": {"tree": []}}, texts={})["uses_render"] is False


@pytest.mark.parametrize(
    ("name", "kind"),
    [("render.yaml", "tree"), ("render.yml", "blob"), ("Render.yaml", "blob"), ("a/render.yaml", "blob")],
)
def test_only_a_file_called_render_yaml_in_the_root_means_render(name, kind):
    assert values(metrics=METRICS | {"files": {"tree": [[name, kind, "o1"]]}}, texts={})["uses_render"] is False


@pytest.mark.parametrize(
    "files",
    [
        None, [], "tree", 7, True, {}, {"tree": None}, {"tree": {}}, {"tree": "abc"}, {"tree": 7}, {"tree": [None]},
        {"tree": ["abc"]}, {"tree": [[]]}, {"tree": [["render.yaml", "blob"]]}, {"tree": [["a", "blob", "o", "x"]]},
        {"tree": [["a", "blob", None]]}, {"tree": [[["a"], "blob", "o"]]}, {"tree": [{"a": 1, "b": 2, "c": 3}]},
        {"tree": [["render.yaml", "blob", "o1"], 7]},
    ],
    ids=repr,
)  # fmt: skip
def test_a_root_of_the_wrong_shape_is_unknown(files):
    found = values(metrics=METRICS | {"files": files}, texts={})
    assert found["uses_render"] is None
    assert found["unknown_fields"] == TEXT_FIELDS


# --- commits without a push, stars between two readings, freshness ----------------------------------------------------


@pytest.mark.parametrize(
    ("pushed_at", "counts"),
    [
        ("2026-11-14T09:59:59Z", (0, 0)),
        ("2020-01-01T00:00:00Z", (0, 0)),
        ("2026-11-14T10:00:00Z", (None, None)),
        ("2026-11-21T09:00:00Z", (None, None)),
        (None, (None, None)),
        ("2999-01-01T00:00:00Z", (None, None)),
        ("0001-01-01T00:00:00Z", (None, None)),
    ],
)
def test_without_a_push_in_the_window_there_are_no_commits_to_be_asked_for(pushed_at, counts):
    found = values(metrics=without("commits"), pushed_at=pushed_at)
    assert (found["commits_last_7_days"], found["active_contributors"]) == counts


@pytest.mark.parametrize(
    ("stars", "as_of", "gained"),
    [
        (1004, NOW + timedelta(hours=5), (11, 32, 102)),
        (990, NOW + timedelta(hours=5), (0, 21, 91)),
        (1004, NOW + timedelta(days=1), (None, 31, 102)),
        (1000, NOW + timedelta(days=7), (None, 0, 98)),
        (1000, NOW + timedelta(days=8), (None, None, None)),
    ],
)
def test_the_count_of_now_tops_up_the_history_of_then(stars, as_of, gained):
    found = values(as_of, stargazers_count=stars)
    assert tuple(found[name] for name in STARS) == gained


@pytest.mark.parametrize("then", [None, True, False, "1000", 1000.0, -1, 10**17, [], {}])
def test_a_history_with_a_wrong_count_stands_for_its_own_day_alone(then):
    metrics = METRICS | {"star_history": HISTORY | {"stars": then}}
    assert values(metrics=metrics)["stars_last_7_days"] == 28
    assert values(NOW + timedelta(days=1), metrics=metrics)["stars_last_7_days"] is None


def test_a_jump_that_no_table_could_hold_is_unknown():
    metrics = METRICS | {"star_history": HISTORY | {"stars": 0}}
    assert values(metrics=metrics, stargazers_count=2**31 - 1)["stars_last_7_days"] is None


@pytest.mark.parametrize(
    ("age", "score"),
    [(timedelta(0), "1.00"), (timedelta(hours=2), "1.00"), (timedelta(days=1), "0.96"), (timedelta(days=7), "0.70")],
)
def test_a_payload_that_github_has_not_confirmed_lately_scores_less(age, score):
    assert str(values(seen_at=NOW - age)["data_quality_score"]) == score


# --- enrichment -------------------------------------------------------------------------------------------------------


def test_a_repository_that_uses_render_is_enriched_by_what_its_files_say():
    found = staged().enrichment
    assert (found["repo_id"], found["repo_full_name"], found["render_category"]) == (7, "acme/tool", "blueprint")
    assert (found["has_blueprint_button"], found["service_count"]) == (True, 2)
    assert found["deploy_button_url"] == "https://render.com/deploy?repo=https://github.com/a/b"
    assert found["service_counts"] == {"web": 1, "worker": 1}
    assert [service["name"] for service in found["render_services"]] == ["app", "jobs"]
    assert found["render_complexity_score"] == Decimal("2.0")  # two services, a second type, a Docker build
    assert (found["has_docker"], found["has_previews"], found["problem"]) == (True, False, None)


CONNECTED = (
    "services:\n  - type: web\n    name: app\n    runtime: python\n    envVars:\n"
    "      - key: URL\n        fromDatabase: {name: db, property: connectionString}\n      - fromGroup: shared\n"
    "databases: [{name: db}]\nenvVarGroups: [{name: shared, envVars: []}]\n"
)


def test_connections_and_groups_of_variables_are_staged_as_lists():
    found = staged(texts={"render": CONNECTED, "readme": README}).enrichment
    assert found["connections"] == [["app", "db", "database"], ["app", "shared", "env_group"]]
    assert found["env_groups"] == ["shared"]


@pytest.mark.parametrize("texts", [{"readme": README}, {"render": "[" * 100_000, "readme": README}])
def test_of_a_render_yaml_that_says_nothing_there_are_no_connections(texts):
    found = staged(texts=texts).enrichment
    assert (found["connections"], found["env_groups"]) == ([], [])


@pytest.mark.parametrize("owner", ["render-org", "Render-Org", "employee"])
def test_a_repository_of_renders_own_people_is_enriched_though_it_does_not_use_render(owner):
    found = staged(full_name=f"{owner}/site", metrics=METRICS | {"files": PLAIN_FILES}, texts={})
    assert found.values["uses_render"] is False
    assert found.enrichment["render_category"] == ("employee" if owner == "employee" else "official")
    assert (found.enrichment["render_services"], found.enrichment["service_count"]) == ([], None)
    assert (found.enrichment["has_blueprint_button"], found.enrichment["problem"]) == (False, None)


def test_a_topic_makes_nobody_official():
    found = staged(topics=["render", "render-deploy"], metrics=METRICS | {"files": PLAIN_FILES}, texts={})
    assert found.enrichment is None
    assert not found.keeps_enrichment


def test_while_the_root_is_unknown_what_is_known_of_the_enrichment_stays():
    found = staged(metrics=without("files"), texts={})
    assert (found.enrichment, found.keeps_enrichment) == (None, True)


def test_an_official_repository_with_an_unknown_root_is_enriched_by_what_is_known():
    found = staged(full_name="render-org/x", metrics=without("files"), texts={})
    assert (found.enrichment["render_category"], found.enrichment["has_blueprint_button"]) == ("official", None)
    assert not found.keeps_enrichment


def test_a_render_yaml_that_is_not_read_yet_says_nothing():
    found = staged(texts={"readme": README}).enrichment
    assert (found["render_category"], found["problem"]) == ("blueprint", NOT_READ)
    assert (found["service_count"], found["has_docker"], found["has_previews"]) == (None, None, None)
    assert (found["render_complexity_score"], found["blueprint_quality"]) == (None, None)


@pytest.mark.parametrize("text", ["", "[" * 100_000, "a: &a [*a]", "services: {}", "\x00", "%", "services: [1]"])
def test_a_render_yaml_that_can_not_be_used_says_why_and_nothing_else(text):
    found = staged(texts={"render": text, "readme": README}).enrichment
    assert found["problem"]
    assert (found["render_services"], found["service_counts"], found["service_count"]) == ([], {}, None)
    assert (found["has_docker"], found["has_previews"]) == (None, None)
    assert (found["render_complexity_score"], found["blueprint_quality"]) == (None, None)


@pytest.mark.parametrize(
    ("has_readme", "texts", "button", "category"),
    [
        (True, {"readme": README}, True, "blueprint"),
        (True, {"readme": "# App"}, False, "community"),
        (True, {}, None, "community"),
        (False, {}, False, "community"),
    ],
)
def test_a_button_is_unknown_only_while_there_is_a_readme_to_be_read(has_readme, texts, button, category):
    tree = [entry for entry in FILES["tree"] if has_readme or entry[0] != "README.md"]
    found = staged(metrics=METRICS | {"files": {"tree": tree}}, texts=texts | {"render": RENDER_YAML}).enrichment
    assert (found["has_blueprint_button"], found["render_category"]) == (button, category)
    assert (found["documentation_score"] is None) is (not texts)


PLAIN_YAML = "services: [{type: web, name: app, runtime: python}]"
DOCKER_YAML = "services: [{type: web, name: app, runtime: docker}]"


@pytest.mark.parametrize(
    ("in_root", "text", "blueprint", "has_docker"),
    [
        (True, "FROM python:3.13", PLAIN_YAML, True),
        (True, "no dockerfile at all", PLAIN_YAML, False),
        (True, None, PLAIN_YAML, None),
        (True, None, DOCKER_YAML, True),
        (False, None, PLAIN_YAML, False),
        (False, None, DOCKER_YAML, True),
    ],
)
def test_docker_is_unknown_while_the_dockerfile_is_not_read(in_root, text, blueprint, has_docker):
    tree = FILES["tree"] + ([["Dockerfile", "blob", "o4"]] if in_root else [])
    texts = {"render": blueprint} | ({"docker": text} if text else {})
    assert staged(metrics=METRICS | {"files": {"tree": tree}}, texts=texts).enrichment["has_docker"] is has_docker


# --- whatever comes ---------------------------------------------------------------------------------------------------

KEYS = ["weeks", "week", "days", "stars", "nodes", "total", "complete", "tree", "author", "user", "closedAt"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
)
any_metrics = st.fixed_dictionaries(
    {},
    optional={
        name: json_values | st.dictionaries(st.sampled_from(sorted(valid)), json_values).map(lambda c, v=valid: v | c)
        for name, valid in METRICS.items()
    },
)
any_payload = st.dictionaries(st.sampled_from(sorted(set(PAYLOAD) - {"id", "full_name"})), json_values)
any_texts = st.fixed_dictionaries({}, optional=dict.fromkeys(("render", "docker", "readme"), st.none() | st.text()))


@given(
    metrics=any_metrics,
    changes=any_payload,
    texts=any_texts,
    age=st.timedeltas(timedelta(days=-400), timedelta(days=400)),
    owner=st.sampled_from(["acme", "render-org"]),
)
def test_whatever_was_received_is_staged_in_range_or_rejected(metrics, changes, texts, age, owner):
    raw_repo = raw(
        payload=PAYLOAD | changes | {"full_name": f"{owner}/tool"}, metrics=metrics, texts=texts,
        seen_at=NOW - age, history_seen_at=NOW - age,
    )  # fmt: skip
    try:
        found = stage_repo(raw_repo, OWNERS, NOW)
    except InvalidRepo:
        return
    assert 0 <= found.values["data_quality_score"] <= 1
    assert all(found.values[name] is None or 0 <= found.values[name] < 2**31 for name in COUNTS)
    assert set(found.values["unknown_fields"]) <= set(EXPECTED)
    assert all(found.values[name] is None for name in found.values["unknown_fields"])
    json.dumps([found.values["star_days"], found.values["topics"], found.values["unknown_fields"]], allow_nan=False)


@given(ages=st.lists(st.timedeltas(timedelta(0), timedelta(days=9)), min_size=2, max_size=5).map(sorted))
def test_the_longer_ago_a_payload_was_seen_the_lower_its_score(ages):
    scores = [values(seen_at=NOW - age)["data_quality_score"] for age in ages]
    assert all(later >= earlier for later, earlier in pairwise(scores))


# --- which files are worth reading ------------------------------------------------------------------------------------


def tree_of(*names, kind="blob"):
    return {name: (kind, f"o{n}") for n, name in enumerate(names)}


@pytest.mark.parametrize(
    ("names", "readme"),
    [
        (["README.md"], "README.md"),
        (["readme.MD"], "readme.MD"),
        (["README", "README.rst", "README.md"], "README.md"),
        (["README.txt", "README"], "README"),
        (["readme.md", "README.md"], "README.md"),
        (["README.md", "readme.md"], "README.md"),
        (["README.de.md", "docs"], None),
        ([], None),
    ],
)
def test_the_readme_is_the_one_that_github_shows(names, readme):
    assert readme_name(tree_of(*names)) == readme


def test_a_folder_called_like_a_file_is_none():
    folders = tree_of("README.md", "render.yaml", kind="tree")
    assert readme_name(folders) is None
    assert not has_file(folders, "render.yaml")


@pytest.mark.parametrize(
    ("owner", "names", "wanted"),
    [
        ("acme", ["README.md", "Dockerfile"], []),
        ("acme", ["README.md", "Dockerfile", "render.yaml"], ["render.yaml", "Dockerfile", "README.md"]),
        ("acme", ["render.yaml"], ["render.yaml"]),
        ("RENDER-ORG", ["README.md"], ["README.md"]),
        ("employee", ["Dockerfile", "src"], ["Dockerfile"]),
        ("render-org", [], []),
    ],
)
def test_files_are_read_at_once_of_render_projects_and_of_renders_people(owner, names, wanted):
    ref = RepoRef(7, "R_7", f"{owner}/tool", "established")
    assert wanted_files(ref, tree_of(*names), OWNERS) == wanted


def test_a_root_is_read_as_names_with_their_type_and_object_id():
    assert read_tree(FILES) == {"render.yaml": ("blob", "o1"), "README.md": ("blob", "o2"), "src": ("tree", "o3")}
    assert read_tree({"tree": []}) == {}
    assert read_tree({"tree": tree_rows(tree_of("a", "b"))}) == tree_of("a", "b")


OID, OTHER_OID = "a1" * 20, "b2" * 20


def payloads(**data):
    return list(file_payloads(NodeAnswer(Wanted("R_7"), data)))


def test_blobs_become_files():
    blob = {"oid": OID, "byteSize": 3, "isBinary": False, "isTruncated": False, "text": "abc"}
    assert payloads(databaseId=7, file0=blob, packageJson=blob | {"oid": OTHER_OID}) == [
        FilePayload(OID, 3, "abc", False),
        FilePayload(OTHER_OID, 3, "abc", False),
    ]


@pytest.mark.parametrize(
    ("changes", "payload"),
    [
        ({"isBinary": True}, FilePayload(OID, 3, None, False)),
        ({"text": None}, FilePayload(OID, 3, None, False)),
        ({"text": ["abc"]}, FilePayload(OID, 3, None, False)),
        ({"isTruncated": True}, FilePayload(OID, 3, "abc", True)),
        ({"byteSize": None}, FilePayload(OID, 0, "abc", False)),
        ({"byteSize": "many"}, FilePayload(OID, 0, "abc", False)),
        ({"byteSize": [3]}, FilePayload(OID, 0, "abc", False)),
    ],
)
def test_what_a_blob_does_not_say_is_unknown(changes, payload):
    blob = {"oid": OID, "byteSize": 3, "isBinary": False, "isTruncated": False, "text": "abc"}
    assert payloads(file0=blob | changes) == [payload]


@pytest.mark.parametrize("blob", [None, [], "abc", 7, {}])
def test_an_answer_that_is_no_object_is_no_file(blob):
    assert payloads(file0=blob) == []


@pytest.mark.parametrize("oid", [None, 7, [OID], "", "o1", OID + "\n"])
def test_a_blob_without_a_proper_object_id_is_no_file(oid):
    assert payloads(file0={"oid": oid, "byteSize": 3, "text": "abc"}) == []


def test_an_answer_without_data_holds_no_files():
    assert list(file_payloads(NodeAnswer(Wanted("R_7"), None))) == []
