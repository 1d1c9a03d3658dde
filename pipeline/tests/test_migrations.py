"""Migrations and models agree, both ways, and the database has the names that users and scripts rely on."""

import ast
import hashlib
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from pipeline.models import LanguageDim, RenderServiceDim, RenderServiceTotalFact
from pipeline.reference import LANGUAGES, RENDER_SERVICES
from pipeline.sql import view_text

PIPELINE = Path(__file__).resolve().parents[1]
VIEWS = PIPELINE / "sql" / "views"
INSTALLING = ("install_view", "return_view")
UNMANAGED = [model for model in apps.get_app_config("pipeline").get_models() if not model._meta.managed]

# The promised names. More columns may come; none of these may go.
COLUMNS = {
    "raw_github_repos": """
        id github_id repo_full_name api_response fetch_timestamp source_language source_type content_hash
        execution_id""",
    "raw_repo_metrics": """
        id github_id repo_full_name metric_type metric_data fetch_timestamp content_hash execution_id""",
    "stg_repos_validated": """
        id github_id repo_full_name repo_url language description stars forks open_issues created_at updated_at
        pushed_at stars_last_7_days commits_last_7_days issues_closed_last_7_days active_contributors uses_render
        render_yaml_content readme_content data_quality_score loaded_at raw_repo_id""",
    "stg_rejected_repos": """
        id github_id repo_full_name reason raw_repo_id execution_id rejected_at""",
    "stg_render_enrichment": """
        id github_id repo_full_name render_category render_services has_blueprint_button render_complexity_score
        deploy_button_url service_count blueprint_quality documentation_score loaded_at""",
    "dim_repositories": """
        repo_key github_id repo_full_name repo_url description language created_at uses_render render_category
        valid_from valid_to is_current""",
    "dim_languages": """
        language_key language_name language_category ecosystem_size""",
    "dim_render_services": """
        service_key service_type service_description""",
    "fact_repo_snapshots": """
        snapshot_id repo_key github_id language_key snapshot_date stars forks stars_gained_24h stars_gained_7d
        stars_gained_30d star_velocity activity_score momentum_score commits_last_7_days issues_closed_last_7_days
        active_contributors rank_overall rank_in_language unknown_parts raw_repo_id execution_id created_at""",
    "fact_star_days": """
        github_id day stars_gained""",
    "fact_render_usage": """
        usage_id repo_key service_key snapshot_date service_count complexity_score has_blueprint created_at""",
    "fact_workflow_executions": """
        execution_id execution_date finished_at status trigger snapshot_date total_duration_seconds repos_processed
        tasks_executed tasks_succeeded tasks_failed tasks_retried parallel_speedup_factor languages_processed
        error_details success_rate requests_sent graphql_points not_modified""",
    "fact_task_runs": """
        execution_id parent_id name stream status attempts started_at finished_at items error""",
    "fact_language_days": """
        language_key snapshot_date repositories render_repositories stars stars_gained_24h stars_gained_7d
        momentum_total""",
    "fact_render_days": """
        render_category snapshot_date repositories stars stars_gained_7d""",
    "fact_render_service_days": """
        service_key language_key snapshot_date repositories services""",
    "fact_render_service_totals": """
        service_key snapshot_date repositories services""",
    "marketing_assets": "id",
    "success_story_leads": "id",
    "platform_intelligence": "id",
    "blueprint_metrics": "id",
    "blog_drafts": "id",
    "analytics_trending_repos_current": "github_id repo_full_name momentum_score rank_overall",
    "analytics_render_showcase": "github_id repo_full_name render_category",
    "analytics_language_rankings": "language momentum_total rank_overall",
    "analytics_repo_days": "github_id snapshot_date momentum_score rank_overall is_current",
    "analytics_repo_versions": "github_id repo_full_name valid_from valid_to",
    "analytics_star_days": "github_id day stars_gained",
    "analytics_raw_payloads": "github_id kind body fetch_timestamp last_seen_at",
}

# The grain of each table with one: these columns together never repeat.
GRAINS = [
    ("stg_repos_validated", ["github_id"]),
    ("stg_repos_validated", ["repo_full_name"]),
    ("stg_render_enrichment", ["github_id"]),
    ("dim_repositories", ["github_id"]),  # among the current ones
    ("dim_languages", ["language_name"]),
    ("dim_render_services", ["service_type"]),
    ("fact_repo_snapshots", ["github_id", "snapshot_date"]),
    ("fact_star_days", ["github_id", "day"]),
    ("fact_render_usage", ["repo_key", "service_key", "snapshot_date"]),
    ("fact_language_days", ["language_key", "snapshot_date"]),
    ("fact_render_days", ["snapshot_date", "render_category"]),
    ("fact_render_service_days", ["snapshot_date", "service_key", "language_key"]),
    ("fact_render_service_days", ["snapshot_date", "service_key"]),  # among those without a language
    ("fact_render_service_totals", ["snapshot_date", "service_key"]),
]

# A stored text never changes: databases out there have been made from it. A change is a new version.
SHA_256 = {
    "analytics_language_days/v001.sql": "da59d4675f8f8e4ac6be73c8dbdffbdc4e0afdd52eec3616ae3973004537981d",
    "analytics_language_rankings/v001.sql": "9f2f10d1a1a17349872de2b800cbe933e11f1518f7ef52a358edf268120bba86",
    "analytics_raw_payloads/v001.sql": "7c524eb17a5e13e20fd7749c2779fc9c69e562dc3afb5aee7c2e70aa3c43cc22",
    "analytics_render_days/v001.sql": "fbdc36e883117b69cca9f01718ff1527f934179c4f23f6b74c559f78cfdfbc0b",
    "analytics_render_service_days/v001.sql": "d22608fd9bacc069d017d72015b2f6c807a30057036554f8e213cebfc593b4b2",
    "analytics_render_service_totals/v001.sql": "830fd39103094d04feaa174fd81f21147aebf91cd58c9af5fb44418edabcfd87",
    "analytics_render_service_totals/v002.sql": "9739c0a03101752f8aca32e1b51d30a9fe8b3a001a8929c5ff3474a025955650",
    "analytics_render_showcase/v001.sql": "a456b424ee25d5a97fc37dcfe17619d71e5f00004e307e5663f64e0c6a29df70",
    "analytics_render_showcase/v002.sql": "fa81932f3347d25b617d794d308f6bb024eea045cde44e3a4859b8f29760f1bc",
    "analytics_repo_days/v001.sql": "8831a637865d94b62169707145b29da4b829928f10ffa682e38a251164365bcf",
    "analytics_repo_measures/v001.sql": "e22153eaa85483014993bb9ee8584e1d47d95e9382bf1aec5ecfa3633f03b677",
    "analytics_repo_versions/v001.sql": "80fe2aff4043568ec905435c7b09cabf58bf8cefff99465db76f7d23d83ba71f",
    "analytics_staged_sources/v001.sql": "abf9c09ff31d2e2dc7759402d99788a357e9f2a692c8fa6c4f9db6fa413e7610",
    "analytics_star_days/v001.sql": "26e1f40e6937b92c93c2a27746bc0c06452c478c6432d617680396c7b54fb929",
    "analytics_trending_repos_current/v001.sql": "c15d474affee17b05a8f71ad6f87920072b684349d0de40b8ca5191ab995cff1",
    "analytics_trending_repos_current/v002.sql": "75fbd8211be15ced2f0765f3d470c5e95e236740668ab67943b9e1cb7063a18f",
}


def catalogue(table):
    """{column: type} of a table or view, as the database itself describes it."""
    with connection.cursor() as cursor:
        rows = connection.introspection.get_table_description(cursor, table)
    return {row.name: type_of(row) for row in rows}


def type_of(row):
    """The name of Django's field for the column, or "" where SQLite knows none: a view's computed columns."""
    return connection.introspection.get_field_type(row.type_code, row) if row.type_code else ""


def relations():
    """{name: "t" or "v"} of everything in the database."""
    with connection.cursor() as cursor:
        return {relation.name: relation.type for relation in connection.introspection.get_table_list(cursor)}


def installed_views():
    """(view, version) of each install_view() and return_view() in the migrations."""
    for path in sorted((PIPELINE / "migrations").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in INSTALLING:
                yield tuple(ast.literal_eval(argument) for argument in node.args)


# -- Models and migrations -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_model_has_changed_without_its_migration(capsys):
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail(f"a migration is missing:\n{capsys.readouterr().out}")


@pytest.fixture
def real_database(django_db_setup, django_db_blocker):
    """The test database itself, outside of any transaction, whole again at the end whatever happens.

    The `transaction=True` of the django_db mark would empty every table behind the test, the dimensions' first rows
    among them.
    """
    with django_db_blocker.unblock():
        yield
        # By way of nothing, from where every migration is sure to run.
        call_command("migrate", "pipeline", "zero", verbosity=0)
        call_command("migrate", verbosity=0)


def test_migrations_run_backwards_to_nothing_and_forwards_again(real_database):
    before = {name: catalogue(name) for name in sorted(relations())}
    own = {model._meta.db_table for model in apps.get_app_config("pipeline").get_models()}
    call_command("migrate", "pipeline", "zero", verbosity=0)
    assert own & set(relations()) == set()
    call_command("migrate", "pipeline", verbosity=0)
    assert {name: catalogue(name) for name in sorted(relations())} == before
    assert_dimensions_are_filled()


def test_the_views_can_be_taken_away_and_installed_again(real_database):
    tables = {model._meta.db_table for model in UNMANAGED}
    call_command("migrate", "pipeline", "0001", verbosity=0)
    assert tables & set(relations()) == set()
    call_command("migrate", "pipeline", verbosity=0)
    assert {relations()[name] for name in tables} == {"v"}
    assert_dimensions_are_filled()


def test_days_that_are_there_are_added_up_over_the_languages(real_database):
    for state in ("zero", "0010"):  # by way of nothing, so that the dimensions hold their first rows
        call_command("migrate", "pipeline", state, verbosity=0)
    keys = [row.pk for row in (*RenderServiceDim.objects.all()[:2], *LanguageDim.objects.all()[:2])]
    with connection.cursor() as cursor:
        for service, language, day, services in [
            (keys[0], keys[2], "2026-11-20", 3), (keys[0], keys[3], "2026-11-20", 4), (keys[0], None, "2026-11-20", 5),
            (keys[1], keys[2], "2026-11-20", 6), (keys[0], keys[2], "2026-11-21", 7),
        ]:  # fmt: skip
            cursor.execute(
                "INSERT INTO fact_render_service_days"
                " (service_key, language_key, snapshot_date, repositories, services) VALUES (%s, %s, %s, 1, %s)",
                [service, language, day, services],
            )
    call_command("migrate", "pipeline", verbosity=0)
    rows = RenderServiceTotalFact.objects.values_list("service_id", "snapshot_date__day", "repositories", "services")
    assert set(rows) == {(keys[0], 20, 3, 12), (keys[1], 20, 1, 6), (keys[0], 21, 1, 7)}


@pytest.mark.django_db
@pytest.mark.parametrize("window", ["24h", "7d", "30d"])
def test_an_index_has_the_order_of_the_ranking_by_gain(window):
    texts = {
        "postgresql": "SELECT indexdef FROM pg_indexes WHERE indexname",
        "sqlite": "SELECT sql FROM sqlite_master WHERE name",
    }
    order = {"postgresql": "DESC NULLS LAST) WHERE is_current", "sqlite": 'DESC) WHERE "is_current"'}
    with connection.cursor() as cursor:
        cursor.execute(f"{texts[connection.vendor]} = %s", [f"current_stars_gained_{window}"])
        (text,) = cursor.fetchone()
    assert text.endswith(order[connection.vendor])


@pytest.mark.django_db
def test_the_first_rows_may_be_filled_in_where_some_are():
    import_module("pipeline.migrations.0003_fill_dimensions").fill(apps, None)


# -- Views -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("model", UNMANAGED)
def test_a_view_has_exactly_the_columns_of_its_model(model):
    assert sorted(catalogue(model._meta.db_table)) == sorted(field.column for field in model._meta.fields)


@pytest.mark.django_db
@pytest.mark.parametrize("model", UNMANAGED)
def test_a_view_can_be_read_when_there_is_nothing_to_show(model):
    assert list(model.objects.all()) == []
    assert model.objects.count() == 0


def test_there_is_a_model_for_each_view_and_a_view_for_each_model():
    stored = {path.name for path in VIEWS.iterdir() if path.is_dir()}
    assert stored == {model._meta.db_table for model in UNMANAGED} == {view for view, _ in installed_views()}


def test_migrations_install_the_stored_texts_and_leave_none_out():
    stored = {(path.parent.name, int(path.stem.removeprefix("v"))) for path in VIEWS.glob("*/v*.sql")}
    assert set(installed_views()) == stored


def test_versions_of_a_view_are_counted_without_a_gap():
    for view in VIEWS.iterdir():
        names = sorted(path.name for path in view.iterdir())
        assert names == [f"v{number:03}.sql" for number in range(1, len(names) + 1)]


@pytest.mark.parametrize("name", SHA_256)
def test_a_stored_view_text_never_changes(name):
    assert hashlib.sha256((VIEWS / name).read_bytes()).hexdigest() == SHA_256[name]


def test_each_stored_version_has_its_hash_here():
    assert {str(path.relative_to(VIEWS)) for path in VIEWS.glob("*/v*.sql")} == set(SHA_256)


@pytest.mark.parametrize("model", UNMANAGED)
def test_view_and_model_state_the_same_grain(model):
    first_line = view_text(model._meta.db_table, 1).splitlines()[0]
    assert first_line.startswith("-- One row per ")
    assert first_line[3:].startswith(model.__doc__.split(",")[0].removesuffix("."))


# -- What the first rows and the fixed names are ---------------------------------------------------------------


def assert_dimensions_are_filled():
    rows = LanguageDim.objects.values_list("language_name", "language_category", "ecosystem_size")
    assert set(rows) >= {(row.name, row.category, row.ecosystem_size) for row in LANGUAGES.values()}
    assert set(rows) >= {("Python", "general", "large"), ("TypeScript", "web", "large"), ("Go", "systems", "large")}
    services = dict(RenderServiceDim.objects.values_list("service_type", "service_description"))
    assert services.items() >= RENDER_SERVICES.items()
    assert services.keys() >= {"web", "worker", "cron", "pserv", "static", "keyvalue", "postgres"}


@pytest.mark.django_db
def test_languages_and_service_types_are_there_from_the_start():
    assert_dimensions_are_filled()


@pytest.mark.django_db
@pytest.mark.parametrize("table", COLUMNS)
def test_the_promised_tables_and_columns_exist(table):
    assert set(COLUMNS[table].split()) <= catalogue(table).keys()


@pytest.mark.django_db
def test_the_analytics_are_views_and_the_rest_are_tables():
    kinds = relations()
    assert {name for name in COLUMNS if kinds[name] == "v"} == {
        name for name in COLUMNS if name.startswith("analytics_")
    }


@pytest.mark.django_db
def test_github_ids_are_big_integers_wherever_they_stand():
    types = {(name, catalogue(name).get("github_id")) for name in relations()}
    with_id = {(name, kind) for name, kind in types if kind is not None}
    assert {kind for _, kind in with_id} == {"BigIntegerField"}
    assert {name for name, _ in with_id} >= {
        name for name, columns in COLUMNS.items() if "github_id" in columns.split()
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("table", "columns"), GRAINS)
def test_the_grain_of_a_table_is_held_by_the_database(table, columns):
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table).values()
    assert columns in [constraint["columns"] for constraint in constraints if constraint["unique"]]
