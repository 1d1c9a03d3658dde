"""The blueprint says what Render is to run; the product's own reader finds nothing to improve in it."""

import importlib
import re
import shlex
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands, load_command_class

from pipeline.detection.render_yaml import Connection, read_render_yaml

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "render.yaml").read_text(encoding="utf-8")
BLUEPRINT: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES = {service["name"]: service for service in BLUEPRINT["services"]}
COMMANDS = [
    (name, command.strip())
    for name, service in SERVICES.items()
    for key in ("buildCommand", "preDeployCommand", "startCommand")
    for command in service.get(key, "").split("&&")
    if command.strip()
]


def variables(owner: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["key"]: item for item in owner["envVars"] if "key" in item}


def test_our_own_reader_finds_what_there_is():
    found = read_render_yaml(TEXT)
    assert found.problem is None
    assert {(service.name, service.type) for service in found.services} == {
        ("trender-web", "web"),
        ("trender-worker", "worker"),
        ("trender-db", "postgres"),
    }
    assert found.env_groups == ("trender-shared",)
    assert found.notes == ()


def test_our_own_reader_finds_nothing_to_improve():
    assert read_render_yaml(TEXT).quality() == Decimal("1.00")


def test_the_parts_are_connected():
    assert set(read_render_yaml(TEXT).connections) == {
        Connection("trender-web", "trender-shared", "env_group"),
        Connection("trender-web", "trender-db", "database"),
        Connection("trender-worker", "trender-shared", "env_group"),
        Connection("trender-worker", "trender-db", "database"),
        Connection("trender-worker", "trender-web", "service"),
    }


def test_the_parts_are_in_one_region_and_so_in_one_private_network():
    assert len({part["region"] for part in [*SERVICES.values(), *BLUEPRINT["databases"]]}) == 1


def test_secrets_are_asked_for_or_made_and_never_written():
    secrets = variables(SERVICES["trender-worker"])
    for name in ("GITHUB_ACCESS_TOKEN", "RENDER_API_KEY", "TRENDER_ALERT_WEBHOOK"):
        assert secrets[name] == {"key": name, "sync": False}
    (group,) = BLUEPRINT["envVarGroups"]
    assert variables(group)["SECRET_KEY"]["generateValue"] is True


def test_a_group_holds_only_what_render_accepts_in_one():
    for group in BLUEPRINT["envVarGroups"]:
        for item in group["envVars"]:
            assert item.keys() <= {"key", "value", "generateValue"}


def test_every_variable_is_one_that_the_settings_read():
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    documented = set(re.findall(r"^# ([A-Z_]+)=", example, re.MULTILINE))
    given = {name for owner in [*SERVICES.values(), *BLUEPRINT["envVarGroups"]] for name in variables(owner)}
    assert given <= documented | {"PYTHON_VERSION"}


def test_the_health_check_is_an_address_of_ours(client):
    assert client.get(SERVICES["trender-web"]["healthCheckPath"]).status_code == 200


@pytest.mark.parametrize(("service", "command"), COMMANDS)
def test_every_command_is_there(service, command):
    words = shlex.split(command)
    if words[:2] == ["python", "manage.py"]:
        assert load_command_class(get_commands()[words[2]], words[2])
    elif words[:2] == ["pip", "install"]:
        assert (ROOT / words[3]).is_file()
    else:
        assert words[:3] == ["python", "-m", "gunicorn"]
        module, _, name = words[-1].partition(":")
        assert callable(getattr(importlib.import_module(module), name))
        config = words[words.index("--config") + 1].removeprefix("python:")
        assert importlib.import_module(config).workers == 2


def test_the_database_is_migrated_before_the_new_version_takes_over():
    web = SERVICES["trender-web"]
    assert web["preDeployCommand"].index("migrate") < web["preDeployCommand"].index("sync_schedules")
    assert "collectstatic" in web["buildCommand"]
    assert "$PORT" in web["startCommand"]
