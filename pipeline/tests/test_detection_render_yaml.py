"""What a render.yaml declares, however it is written."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.detection.render_yaml import Connection, RenderYaml, Service, read_render_yaml

FULL = """
previews:
  generation: automatic
services:
  - type: web
    name: api
    runtime: docker
    plan: starter
    region: frankfurt
    healthCheckPath: /healthz
    autoDeployTrigger: commit
    preDeployCommand: ./migrate
    disk: {name: data, mountPath: /data, sizeGB: 1}
    scaling: {minInstances: 1, maxInstances: 3}
    envVars:
      - {key: DATABASE_URL, fromDatabase: {name: db, property: connectionString}}
      - {key: DATABASE_HOST, fromDatabase: {name: db, property: host}}
      - {key: CACHE, fromService: {type: keyvalue, name: cache, property: connectionString}}
      - {key: SECRET_KEY, generateValue: true}
      - fromGroup: shared
  - {type: worker, name: jobs, runtime: docker, plan: starter, region: frankfurt, autoDeploy: false}
  - {type: cron, name: nightly, runtime: docker, plan: starter, region: frankfurt, autoDeploy: true}
  - {type: keyvalue, name: cache, plan: starter, region: frankfurt, ipAllowList: []}
  - {type: web, name: site, runtime: static, staticPublishPath: dist, autoDeploy: true}
databases:
  - {name: db, plan: basic-256mb, region: frankfurt}
envVarGroups:
  - {name: shared, envVars: [{key: LOG_LEVEL, value: info}]}
"""


def service(yaml_lines: str) -> Service:
    """Read one service from its lines, written without indentation."""
    indented = yaml_lines.replace("\n", "\n    ")
    found = read_render_yaml(f"services:\n  - {indented}\n")
    assert found.problem is None
    return found.services[0]


def test_a_full_blueprint_is_read_as_a_whole():
    found = read_render_yaml(FULL)
    assert found.problem is None
    assert found.notes == ()
    assert found.service_counts() == {"web": 1, "worker": 1, "cron": 1, "keyvalue": 1, "static": 1, "postgres": 1}
    assert (found.service_count, found.diversity) == (6, 6)
    assert found.env_groups == ("shared",)
    assert found.has_previews
    assert found.connections == (
        Connection("api", "db", "database"),
        Connection("api", "cache", "service"),
        Connection("api", "shared", "env_group"),
    )
    assert found.services[0] == Service(
        name="api",
        type="web",
        runtime="docker",
        plan="starter",
        region="frankfurt",
        is_docker=True,
        has_disk=True,
        has_health_check=True,
        has_scaling=True,
        has_pre_deploy=True,
        states_auto_deploy=True,
        has_secret_keys=True,
    )


# --- problems ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "The file is empty."),
        ("# all of it\n# is a comment", "The file is empty."),
        ("npm install\nnpm run build", "The top level is a text, not a mapping."),
        ("- type: web\n  name: a", "The top level is a list, not a mapping."),
        ("42", "The top level is a number, not a mapping."),
        ("true", "The top level is a boolean, not a mapping."),
        ("services:\n\t- type: web", "Not YAML: line 2: found character"),
        ("services:\n  - type: web\n name: a", "Not YAML: line 3"),
        ("services: {{ services }}", "Not YAML"),
        ("services: web", "services is a text, not a list."),
        ("services: {type: web}", "services is a mapping, not a list."),
        ("services: [{type: web}]\ndatabases: 1", "databases is a number, not a list."),
        ("projects: [{environments: [{services: x}]}]", "services is a text, not a list."),
        ("services: []", "The file declares no services and no databases."),
        ("services:\ndatabases:", "The file declares no services and no databases."),
        ("services: [web, 1, null, [a]]", "The file declares no services and no databases."),
        ("name: a\nregion: oregon", "The file declares no services and no databases."),
        ("projects: x\nungrouped: y", "The file declares no services and no databases."),
        ("envVarGroups: [{name: a}]", "The file declares no services and no databases."),
        ("[" * 100_000, "The YAML is nested deeper than 50 levels."),
        ("services:\n" + "- {type: web, name: a}\n" * 10_000, "The YAML holds more than 20000 events."),
    ],
)
def test_a_file_that_cannot_be_used_says_why_and_declares_nothing(text, problem):
    found = read_render_yaml(text)
    assert found.problem is not None
    assert found.problem.startswith(problem)
    assert found == RenderYaml(problem=found.problem)
    assert (found.complexity(), found.quality()) == (Decimal("0.0"), None)


def test_a_render_yaml_in_tabs_is_invalid_with_its_reason():
    problem = read_render_yaml("services:\n\t- type: web\n\t  name: a").problem or ""
    assert problem.startswith("Not YAML: line 2: found character")
    assert problem.endswith("cannot start any token.")


# --- services ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "service_type"),
    [
        ("type: web", "web"),
        ("type: WEB", "web"),
        ("type: worker", "worker"),
        ("type: cron", "cron"),
        ("type: pserv", "pserv"),
        ("type: workflow", "workflow"),
        ("type: static", "static"),
        ("type: web\nruntime: static", "static"),
        ("type: web\nenv: static", "static"),
        ("type: pserv\nenv: static", "pserv"),
        ("type: redis", "keyvalue"),
        ("type: keyvalue", "keyvalue"),
        ("type: private", "private"),
        ("type: " + "x" * 300, "x" * 40),
        ("name: a", "unknown"),
        ("type:", "unknown"),
        ("type: [web]", "unknown"),
        ("type: 5", "5"),
    ],
)
def test_a_type_is_renders_own_word_or_the_word_in_the_file(lines, service_type):
    assert service(lines).type == service_type


@pytest.mark.parametrize(
    ("lines", "runtime", "is_docker", "is_image"),
    [
        ("type: web\nruntime: node", "node", False, False),
        ("type: web\nenv: docker", "docker", True, False),
        ("type: web\nruntime: docker\nenv: node", "docker", True, False),
        ("type: web\nruntime: image\nimage: {url: docker.io/a/b}", "image", False, True),
        ("type: web\nimage: {url: docker.io/a/b}", None, False, True),
        ("type: web\ndockerfilePath: ./Dockerfile", None, True, False),
        ("type: web\nruntime: [node]", None, False, False),
        ("type: web", None, False, False),
    ],
)
def test_the_runtime_may_stand_under_its_old_name(lines, runtime, is_docker, is_image):
    found = service(lines)
    assert (found.runtime, found.is_docker, found.is_image) == (runtime, is_docker, is_image)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("api", "api"),
        ("' api '", "api"),
        ("5", "5"),
        ("1.5", "1.5"),
        ("true", "true"),
        ("2026-01-01", "2026-01-01"),
        ("", ""),
        ("[a, b]", ""),
        ("{a: b}", ""),
        ("'<script>'", "<script>"),
        ('"a\\0b"', "ab"),
        ("n" * 5_000, "n" * 200),
    ],
)
def test_a_name_is_a_text_of_at_most_200_characters_whatever_stands_there(value, name):
    assert service(f"type: web\nname: {value}").name == name


@pytest.mark.parametrize(
    "value",
    [
        "",
        "null",
        "x",
        "5",
        "{}",
        "[x, 1, null, [a], {}]",
        "[{key: PORT, value: 1}, {key: A, value: true}]",
        "[{value: a}]",
    ],
)
def test_environment_variables_of_any_shape_do_no_harm(value):
    assert service(f"type: web\nenvVars: {value}").type == "web"


def test_services_may_stand_in_projects_and_outside_of_them():
    found = read_render_yaml(
        """
        projects:
          - name: shop
            envVarGroups: [{name: everywhere}]
            environments:
              - name: production
                services: [{type: web, name: api, envVars: [{fromGroup: production}]}]
                databases: [{name: db}]
                envVarGroups: [{name: production}, {name: everywhere}]
              - name: staging
                services: [{type: web, name: api-staging}]
          - name: empty
        ungrouped:
          services: [{type: worker, name: jobs}]
        """
    )
    assert [entry.name for entry in found.services] == ["api", "api-staging", "jobs", "db"]
    assert found.service_counts() == {"web": 2, "worker": 1, "postgres": 1}
    assert found.env_groups == ("everywhere", "production")
    assert found.connections == (Connection("api", "production", "env_group"),)


def test_databases_alone_make_a_blueprint():
    assert read_render_yaml("databases: [{name: a}, {name: b}]").service_counts() == {"postgres": 2}


def test_entries_that_are_no_services_are_left_out_and_noted():
    found = read_render_yaml("services: [web, {type: web}, null]")
    assert found.service_count == 1
    assert found.notes == ("2 entries that are not mappings were left out.",)


def test_no_more_than_two_hundred_services_are_kept_and_the_note_says_so():
    found = read_render_yaml("services:\n" + "- {type: web, name: a}\n" * 1_000 + "databases: [{name: b}]")
    assert found.service_count == 200
    assert found.notes == ("Only the first 200 of 1001 services and databases were read.",)


# --- previews and connections -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "on"),
    [
        ("previews: {generation: automatic}", True),
        ("previews: {generation: manual}", True),
        ("previews: {generation: off}", False),
        ("previews: {generation: 'off'}", False),
        ("previews: {generation: none}", False),
        ("previews: {expireAfterDays: 3}", False),
        ("previews: automatic", False),
        ("previews:", False),
        ("previewsEnabled: true", True),
        ("previewsEnabled: 'true'", True),
        ("previewsEnabled: false", False),
        ("pullRequestPreviewsEnabled: yes", True),
        ("previewsExpireAfterDays: 3", False),
    ],
)
def test_previews_are_on_in_each_of_their_spellings(lines, on):
    assert read_render_yaml(f"{lines}\nservices: [{{type: web}}]").has_previews is on
    assert read_render_yaml("services:\n- type: web\n  " + lines).has_previews is on


@pytest.mark.parametrize(
    ("variable", "connections"),
    [
        ("{key: A, fromService: {name: b, type: web, property: host}}", (Connection("a", "b", "service"),)),
        ("{key: A, fromDatabase: {name: b, property: host}}", (Connection("a", "b", "database"),)),
        ("{fromGroup: b}", (Connection("a", "b", "env_group"),)),
        ("{formGroup: b}", ()),
        ("{fromGroup: [b]}", ()),
        ("{fromGroup: null}", ()),
        ("{key: A, fromService: {}}", ()),
        ("{key: A, fromService: {name: {x: y}}}", ()),
        ("{key: A, value: b, previewValue: c}", ()),
    ],
)
def test_a_connection_is_what_an_environment_variable_takes_from_elsewhere(variable, connections):
    text = f"services: [{{type: web, name: a, envVars: [{variable}, {variable}]}}]"
    assert read_render_yaml(text).connections == connections


def test_no_more_than_five_hundred_connections_are_kept():
    variables = "\n".join(f"  - fromGroup: g{number}" for number in range(900))
    assert len(read_render_yaml(f"services:\n- name: a\n  envVars:\n{variables}").connections) == 500


# --- scores -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "complexity"),
    [
        ("services: [{type: web}]", "0.5"),
        ("services: [{type: web}, {type: web}]", "1.0"),
        ("services: [{type: web}, {type: worker}]", "1.5"),
        ("databases: [{name: a}]", "1.0"),
        ("services: [{type: web, runtime: docker}]", "1.0"),
        ("services: [{type: web, envVars: [{fromGroup: a}]}]", "0.8"),
        ("services: [{type: web, disk: {name: a}}]", "0.9"),
        ("services: [{type: web}]\npreviewsEnabled: true\nenvVarGroups: [{name: a}]", "1.5"),
        (FULL, "9.4"),
    ],
)
def test_complexity_is_the_sum_of_its_parts(text, complexity):
    assert read_render_yaml(text).complexity() == Decimal(complexity)


def test_complexity_reaches_ten_and_no_more():
    kinds = ("web", "worker", "cron", "keyvalue", "postgres", "pserv", "static")
    everything = {"is_docker": True, "has_disk": True, "has_scaling": True, "has_pre_deploy": True}
    services = tuple(Service(name=kind, type=kind, **everything) for kind in kinds)
    connections = tuple(Connection(kind, "x", "service") for kind in kinds)
    found = RenderYaml(services=services, env_groups=("a",), has_previews=True, connections=connections)
    assert found.complexity() == Decimal("10.0")
    assert replace(found, services=services * 9).complexity() == Decimal("10.0")


@pytest.mark.parametrize(
    ("text", "quality"),
    [
        (FULL, "1.00"),
        ("services: [{type: web}]", "0.00"),
        ("services: [{type: web, plan: free}]", "0.20"),
        ("services: [{type: web, plan: free, region: oregon}, {type: worker}]", "0.00"),
        ("services: [{type: web, healthCheckPath: /}]\npreviewsEnabled: true", "0.40"),
        ("services: [{type: static, autoDeploy: false}]", "0.50"),
        ("databases: [{name: a, plan: free}]", "0.33"),
        ("services: [{type: web, envVars: [{key: API_TOKEN, sync: false}]}]", "0.17"),
        ("services: [{type: web, envVars: [{key: api_key, value: abcdefgh}]}]", "0.00"),
        ("services: [{type: web, envVars: [{key: TOKEN_DAYS, value: 30}]}]", "0.17"),
        ("services: [{type: web, envVars: [{key: MAX_TOKENS, value: abcdefgh}]}]", "0.00"),
        ("services: [{type: web, runtime: image, image: {url: x}, plan: free}]", "0.25"),
    ],
)
def test_quality_is_the_share_of_good_practices_met(text, quality):
    assert read_render_yaml(text).quality() == Decimal(quality)


# --- properties -------------------------------------------------------------------------------------------------------

names = st.text(max_size=5)
services = st.builds(
    Service,
    name=names,
    type=st.sampled_from(["web", "worker", "cron", "pserv", "static", "keyvalue", "postgres", "private"]),
    is_docker=st.booleans(),
    is_image=st.booleans(),
    has_disk=st.booleans(),
    has_scaling=st.booleans(),
    has_pre_deploy=st.booleans(),
)
blueprints = st.builds(
    RenderYaml,
    services=st.lists(services, max_size=12).map(tuple),
    env_groups=st.lists(names, max_size=3).map(tuple),
    has_previews=st.booleans(),
    connections=st.lists(st.builds(Connection, names, names, st.just("service")), max_size=8).map(tuple),
)


@given(blueprints, services)
def test_another_service_never_lowers_the_complexity(blueprint, another):
    more = replace(blueprint, services=(*blueprint.services, another))
    assert Decimal(0) <= blueprint.complexity() <= more.complexity() <= Decimal(10)


@given(st.text() | st.text("services:databaenvVr[]{}- \n\t&*<'\"#1", max_size=300).map("services:\n".__add__))
def test_reading_never_raises_whatever_the_text(text):
    found = read_render_yaml(text)
    assert (found.problem is None) == (found.service_count > 0)


scalars = st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats() | st.text(max_size=8)
LISTS = ("services", "databases", "projects", "environments", "ungrouped", "envVarGroups", "envVars")
WORDS = (
    "name",
    "type",
    "previews",
    "generation",
    "fromService",
    "fromGroup",
    "key",
    "value",
    "env",
    "image",
    "scaling",
)
keys = st.sampled_from(LISTS + WORDS)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4), max_leaves=25
)


@given(st.dictionaries(st.sampled_from(["services", "databases", "projects", "ungrouped", "envVarGroups"]), anything))
def test_reading_never_raises_whatever_the_shape(root):
    found = read_render_yaml(str(root).replace("None", "null"))
    assert Decimal(0) <= found.complexity() <= Decimal(10)
    quality = found.quality()
    assert (quality is None) == (found.problem is not None)
    assert quality is None or Decimal(0) <= quality <= Decimal(1)


@given(st.dictionaries(st.sampled_from(["services", "databases", "projects", "ungrouped", "envVarGroups"]), anything))
def test_complexity_is_the_sum_of_its_parts_and_none_goes_beyond_its_most(root):
    found = read_render_yaml(str(root).replace("None", "null"))
    parts = found.complexity_parts()
    assert sum(part.points for part in parts) == found.complexity()
    assert sum(part.most for part in parts) == Decimal(10)
    assert all(0 <= part.points <= part.most for part in parts)
