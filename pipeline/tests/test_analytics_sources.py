"""The views behind a number's origin: what was staged of a repository, and what GitHub sent of it."""

from datetime import timedelta

import pytest
from django.db import connection

from pipeline.models import RawPayload, RenderShowcase, StagedSource
from pipeline.tests.builders import NOW, Warehouse, commits, files, rest_item, star_history

pytestmark = pytest.mark.django_db
BLUEPRINT = """
services:
  - type: web
    name: app
    runtime: python
    envVars:
      - key: DATABASE_URL
        fromDatabase: {name: db, property: connectionString}
      - fromGroup: shared
databases:
  - name: db
envVarGroups:
  - name: shared
    envVars: [{key: MODE, value: live}]
"""


def publish() -> None:
    """Two repositories, the first with four kinds of payload and its description of two hours."""
    warehouse = Warehouse()
    metrics = {"star_history": star_history(1), "commits": commits(2), "files": files(render_yaml="o1")}
    warehouse.publish([rest_item(1), rest_item(2, "a/other")], {1: metrics, 2: metrics}, {"o1": BLUEPRINT})
    warehouse.publish([rest_item(1, stars=1001)], now=NOW + timedelta(hours=1))


def test_the_payloads_of_a_repository_are_found_by_its_id() -> None:
    publish()
    payloads = RawPayload.objects.filter(github_id=1)
    assert sorted(payloads.values_list("kind", flat=True)) == [
        "commits", "files", "repository", "repository", "star_history",
    ]  # fmt: skip
    newest = payloads.filter(kind="repository").latest("fetch_timestamp")
    assert newest.body["stargazers_count"] == 1001
    assert payloads.get(kind="commits").body["total"] == 2
    assert len(set(RawPayload.objects.values_list("payload_key", flat=True))) == RawPayload.objects.count() == 9


def plan_of(sql: str) -> str:
    """How the database would run the query; PostgreSQL is told that reading a whole table costs a fortune."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(("EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN ") + sql)
        return "\n".join(str(row) for row in cursor.fetchall())


@pytest.mark.parametrize("also", ["", " AND kind = 'commits'", " AND kind <> 'files' ORDER BY fetch_timestamp DESC"])
def test_payloads_are_looked_up_on_the_indexes_of_both_tables(also: str) -> None:
    publish()
    plan = plan_of("SELECT kind, body FROM analytics_raw_payloads WHERE github_id = 1" + also)
    assert "raw_metrics_newest" in plan
    assert "raw_repos_newest" in plan or "kind =" in also
    assert "Seq Scan" not in plan
    assert "SCAN raw_" not in plan


def test_a_staged_source_names_the_payload_that_the_facts_come_from() -> None:
    publish()
    source = StagedSource.objects.get(github_id=1)
    assert RawPayload.objects.get(kind="repository", raw_id=source.raw_repo_id).body["stargazers_count"] == 1001
    assert source.execution_id > StagedSource.objects.get(github_id=2).execution_id


def test_a_showcase_project_tells_what_its_services_are_connected_with() -> None:
    publish()
    project = RenderShowcase.objects.get(github_id=1)
    assert project.connections == [["app", "db", "database"], ["app", "shared", "env_group"]]
    assert project.env_groups == ["shared"]
