"""The made-up year that pages are measured on: as much as was asked for, and a warehouse like any other."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Sum

from pipeline.bench.year import NotEmpty, examples, fill
from pipeline.bench.year_repos import FIRST_ID, LAST, year_repos
from pipeline.bench.year_runs import publishers, starts
from pipeline.demo.names import PREFIX
from pipeline.etl.daily_totals import TOTALS, load_daily_totals
from pipeline.models import (
    LanguageDayFact,
    PublishedRun,
    RawGithubRepo,
    RawRepoMetric,
    RenderEnrichment,
    RenderUsage,
    RepositoryDim,
    RepoSnapshot,
    StagedRepo,
    StarDay,
    StreamState,
    TaskRun,
    TrendingRepo,
    WorkflowExecution,
)
from pipeline.models.staging import RenderCategory

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
REPOSITORIES, DAYS = 60, 40


class TestRepositories:
    def test_they_are_the_same_each_time(self) -> None:
        def told() -> list[object]:
            return [(repo.names, repo.growth, repo.blueprint, repo.category) for repo in year_repos(200, 365)]

        assert told() == told()

    def test_their_names_are_plainly_made_up_and_no_two_are_alike(self) -> None:
        names = [name for repo in year_repos(5000, 365) for name in dict.fromkeys(name for name, _ in repo.names)]

        assert len(set(names)) == len(names)
        assert all(name.startswith(PREFIX) for name in names)

    def test_one_in_twelve_is_of_renders_ecosystem_in_all_categories(self) -> None:
        categories = [repo.category for repo in year_repos(1200, 365) if repo.category]

        assert len(categories) == 100
        assert {categories.count(category) for category in RenderCategory.values} == {25}

    def test_stars_never_fall(self) -> None:
        for repo in year_repos(300, 365):
            totals = [repo.growth.total(day) for day in range(LAST - 400, LAST + 1)]
            assert totals[0] >= 1
            assert totals == sorted(totals)

    def test_the_examples_are_of_both_kinds(self) -> None:
        named = {repo.full_name: repo for repo in year_repos(50, 40)}
        found = examples(50, 40)

        assert named[found["render"]].uses_render
        assert not named[found["plain"]].category


class TestRuns:
    @pytest.mark.parametrize("days", [1, 2, 3, 40, 365])
    @pytest.mark.parametrize("hour", [0, 9, 23])
    def test_every_day_has_a_run_that_succeeded_and_the_newest_is_one(self, days: int, hour: int) -> None:
        now = NOW.replace(hour=hour, minute=30)
        found = starts(days, now)
        succeeded = {start.moment.date() for start in found if start.status == "success"}

        assert (found[-1].moment, found[-1].status) == (now, "success")
        assert [start.moment for start in found] == sorted(start.moment for start in found)
        assert len(succeeded) == days
        assert min(succeeded) == (now - timedelta(days=days - 1)).date()

    def test_some_did_not_succeed(self) -> None:
        statuses = {start.status for start in starts(40, NOW)}

        assert statuses == {"success", "partial", "failed", "abandoned", "skipped"}


@pytest.mark.django_db
class TestYear:
    @pytest.fixture(autouse=True)
    def rows(self, db: None, warehouse_holds: None) -> dict[str, int]:
        return fill(REPOSITORIES, DAYS, NOW)

    def test_there_is_as_much_as_was_asked_for(self, rows: dict[str, int]) -> None:
        repos = year_repos(REPOSITORIES, DAYS)
        late = sum(repo.first_day - (LAST - DAYS + 1) for repo in repos)

        assert rows["fact_repo_snapshots"] == RepoSnapshot.objects.count() == REPOSITORIES * DAYS - late
        assert StagedRepo.objects.count() == RawGithubRepo.objects.count() == TrendingRepo.objects.count()
        assert RawRepoMetric.objects.count() == 4 * REPOSITORIES
        assert RenderEnrichment.objects.count() == REPOSITORIES // 12
        assert StarDay.objects.values("github_id").distinct().count() == sum(r.growth.has_history for r in repos)
        assert StarDay.objects.values("day").distinct().count() == 60

    def test_it_is_made_up_and_some_of_it_was_called_otherwise_before(self) -> None:
        versions = RepositoryDim.objects.values("github_id").annotate(n=Count("*"))

        assert not RepositoryDim.objects.filter(is_demo=False).exists()
        assert not RepositoryDim.objects.filter(github_id__lt=FIRST_ID).exists()
        assert {row["n"] for row in versions} == {1, 2, 3}

    def test_only_the_newest_day_is_current(self) -> None:
        days = RepoSnapshot.objects.filter(is_current=True).values_list("snapshot_date", flat=True)

        assert set(days) == {NOW.date()}
        assert RepoSnapshot.objects.filter(snapshot_date=NOW.date(), is_current=True).count() == REPOSITORIES

    def test_the_parts_of_a_score_add_up_exactly(self) -> None:
        rows = RepoSnapshot.objects.exclude(momentum_score=None)

        assert rows.filter(render_boost__gt=0).exists()
        assert rows.filter(age_penalty__lt=0).exists()
        assert rows.filter(age_penalty=0).exists()
        for row in rows:
            parts = row.velocity_part + row.activity_part + row.render_boost + row.age_penalty
            assert row.momentum_score == parts

    def test_what_is_unknown_is_named(self) -> None:
        unknown = RepoSnapshot.objects.filter(stars_gained_7d=None)

        assert unknown.exists()
        assert all("stars_gained_7d" in row.unknown_parts for row in unknown)
        assert RepoSnapshot.objects.filter(momentum_score=None).exists()

    def test_the_stars_of_single_days_are_those_of_the_facts(self) -> None:
        week = NOW.date() - timedelta(days=6)
        stars = StarDay.objects.filter(day__gte=week).values("github_id").annotate(gained=Sum("stars_gained"))
        by_id = {row["github_id"]: row["gained"] for row in stars}

        for row in RepoSnapshot.objects.filter(is_current=True).exclude(stars_gained_7d=None):
            assert by_id[row.github_id] == row.stars_gained_7d

    def test_sql_and_python_count_the_same_stars(self) -> None:
        facts = {(row.github_id, row.snapshot_date): row.stars for row in RepoSnapshot.objects.all()}
        repos = {repo.github_id: repo for repo in year_repos(REPOSITORIES, DAYS)}

        for (github_id, day), stars in facts.items():
            assert repos[github_id].growth.total(LAST - (NOW.date() - day).days) == stars

    def test_the_staged_row_says_what_the_current_fact_says(self) -> None:
        current = {row.github_id: row for row in RepoSnapshot.objects.filter(is_current=True)}

        for row in StagedRepo.objects.all():
            fact = current[row.github_id]
            assert (row.stars, row.stars_last_7_days, row.commits_last_7_days, row.weeks_gaining) == (
                fact.stars, fact.stars_gained_7d, fact.commits_last_7_days, fact.weeks_gaining,
            )  # fmt: skip

    def test_the_newest_days_sums_are_those_that_a_run_would_write(self) -> None:
        def sums() -> dict[str, list[tuple[object, ...]]]:
            columns = {m: [f.attname for f in m._meta.concrete_fields if f.name != "id"] for m in TOTALS.values()}
            rows = {model: model.objects.filter(snapshot_date=NOW.date()) for model in columns}
            return {m.__name__: sorted(rows[m].values_list(*names), key=repr) for m, names in columns.items()}

        made = sums()
        load_daily_totals(NOW.date())

        assert all(made.values())
        assert made == sums()
        assert LanguageDayFact.objects.values("snapshot_date").distinct().count() == DAYS

    def test_render_projects_have_services_on_every_day(self) -> None:
        used = RepoSnapshot.objects.filter(repo__uses_render=True).count()

        assert RenderUsage.objects.values("repo", "snapshot_date").distinct().count() == used
        assert RenderEnrichment.objects.filter(problem=None, service_count__gt=0).exclude(render_services=[]).exists()
        assert StagedRepo.objects.filter(uses_render=True, render_yaml_content=None).count() == 0

    def test_the_pointers_show_the_newest_run(self) -> None:
        newest = WorkflowExecution.objects.latest("execution_date")

        assert PublishedRun.objects.get().execution == newest
        assert set(StreamState.objects.values_list("stream", flat=True)) == {"python", "typescript", "go", "render"}
        assert RepoSnapshot.objects.exclude(execution__snapshot_date=F("snapshot_date")).count() == 0

    def test_runs_have_tasks_that_stand_under_their_parents(self) -> None:
        leaves = TaskRun.objects.filter(children=None)

        assert WorkflowExecution.objects.count() > 30
        assert leaves.filter(parent=None).values_list("name", flat=True).distinct().count() == 3
        assert TaskRun.objects.exclude(parent=None).exclude(parent__execution=F("execution")).count() == 0
        assert TaskRun.objects.filter(status="failed").exists()
        for run in WorkflowExecution.objects.filter(status="success"):
            assert run.tasks_executed == leaves.filter(execution=run).count()

    def test_the_facts_of_a_day_are_of_its_last_good_run(self) -> None:
        runs = publishers(list(WorkflowExecution.objects.order_by("execution_date")))

        assert {row.execution_id for row in RepoSnapshot.objects.all()} == {run.pk for run in runs.values()}

    def test_it_fills_no_database_that_holds_something(self) -> None:
        with pytest.raises(NotEmpty):
            fill(1, 1, NOW)


@pytest.mark.django_db
class TestCommand:
    def test_it_says_how_many_rows_there_are(self, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("seed_year", repositories=10, days=3)

        assert "fact_repo_snapshots" in capsys.readouterr().out
        assert PublishedRun.objects.get().snapshot_date == datetime.now(UTC).date()

    def test_it_refuses_a_database_that_holds_repositories(self) -> None:
        call_command("seed_year", repositories=3, days=1)

        with pytest.raises(CommandError, match="empty database"):
            call_command("seed_year", repositories=3, days=1)

    @pytest.mark.parametrize("days", ["0", "901", "many", "-1"])
    def test_a_number_of_days_that_makes_no_sense_is_refused(self, days: str) -> None:
        with pytest.raises(CommandError, match="whole number from 1 to 900"):
            call_command("seed_year", "--days", days)
