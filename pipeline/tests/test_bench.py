"""The benchmark's parts without a stopwatch: its tables, its targets, and the rows that its loads are made of."""

import json
import sys

import pytest
from django.conf import settings

from pipeline.bench import load, pieces, runs
from pipeline.bench.databases import SqliteFiles
from pipeline.bench.githubs import GitHub, measured_github
from pipeline.bench.made_up import STREAMS, MadeUp
from pipeline.bench.process import Child, ChildFailed, environment, run
from pipeline.bench.table import Figure, Target, at_most, figures_table, number, table, under
from pipeline.models import (
    RawFileContent,
    RawGithubRepo,
    RawRepoMetric,
    RejectedRepo,
    RenderEnrichment,
    RepositoryDim,
    RepoSnapshot,
    StagedRepo,
    StarDay,
)

SOME = 24


class TestTargets:
    @pytest.mark.parametrize(
        ("target", "value", "verdict"),
        [
            (under(10), 9.99, "met"),
            (under(10), 10, "missed"),
            (at_most(90), 90, "met"),
            (at_most(90), 91, "missed"),
            (at_most(45), 0, "met"),
        ],
    )
    def test_a_value_meets_or_misses_its_target(self, target: Target, value: float, verdict: str) -> None:
        assert target.verdict(value) == verdict

    def test_the_target_says_whether_the_limit_itself_is_allowed(self) -> None:
        assert under(10).text() == "under 10"
        assert at_most(5000).text() == "at most 5,000"


class TestTables:
    def test_columns_are_aligned(self) -> None:
        text = table(["name", "n"], [["a", "1,000"], ["longer", "2"]], left={0})

        assert text.splitlines() == ["name        n", "------  -----", "a       1,000", "longer      2"]

    def test_a_figure_that_could_not_be_had_is_left_out(self) -> None:
        text = figures_table([Figure("requests", 12), Figure("most at once", None, at_most(90))])

        assert "requests" in text
        assert "most at once" not in text

    def test_each_figure_stands_beside_its_target_and_verdict(self) -> None:
        last = figures_table([Figure("status", "success"), Figure("wall time, s", 12.345, under(10))]).splitlines()[-1]

        assert last.split() == ["wall", "time,", "s", "12.35", "under", "10", "missed"]

    @pytest.mark.parametrize(("value", "text"), [(5000, "5,000"), (2.0, "2"), (0.256, "0.26"), (1234.5, "1,234.50")])
    def test_numbers_are_readable(self, value: float, text: str) -> None:
        assert number(value) == text

    def test_a_load_is_judged_by_its_steps_together(self) -> None:
        measured = load.Load(450, "SQLite 3", "first", {"raw_to_staging": 0.5, "staging": 0.4}, 0.95, 90, 101.4)

        assert measured.cells() == [
            "450", "SQLite 3", "first", "0.50", "0.40", "0.95", "under 1", "met", "90", "200", "101",
        ]  # fmt: skip

    def test_another_size_has_no_target(self) -> None:
        measured = load.Load(700, "SQLite 3", "first", {"a": 0.5, "b": 0.4}, 0.9, 90, 101.4)

        assert measured.cells()[6:8] == ["", ""]


class TestMadeUpRepositories:
    def test_they_are_the_same_each_time(self) -> None:
        once, again = MadeUp(7), MadeUp(7)

        assert (once.search_item(), once.metrics(), once.files) == (again.search_item(), again.metrics(), again.files)

    def test_no_two_share_an_id_or_a_name(self) -> None:
        made = [MadeUp(n) for n in range(5000)]

        assert len({repo.github_id for repo in made}) == len({repo.full_name for repo in made}) == 5000

    def test_they_are_as_large_as_real_ones(self) -> None:
        made = [MadeUp(n) for n in range(300)]
        commits = sum(len(repo.metrics()["commits"]["nodes"]) for repo in made) / len(made)
        readmes = sum(len(repo.files["README.md"]) for repo in made) / len(made)

        assert 20 <= commits <= 30
        assert 3000 <= readmes <= 8000
        assert all(len(repo.metrics()["star_history"]["weeks"]) == 30 for repo in made)

    def test_a_third_has_a_render_yaml_and_every_stream_has_members(self) -> None:
        made = [MadeUp(n) for n in range(SOME)]

        assert sum("render.yaml" in repo.files for repo in made) == SOME // 3
        assert {repo.stream for repo in made} == set(STREAMS)


@pytest.mark.django_db
class TestPieces:
    def test_what_was_filled_in_is_published_whole(self) -> None:
        pieces.fill(SOME, hour=0)

        result = pieces.publish(hour=0)

        assert result["repositories"] == SOME
        assert result["statements"] > 0
        assert list(result["steps"]) == ["raw_to_staging", "staging_to_dimensional", "star_history"]
        assert RejectedRepo.objects.count() == 0
        assert RepoSnapshot.objects.filter(is_current=True, rank_overall__isnull=False).count() == SOME
        assert not RepoSnapshot.objects.exclude(unknown_parts=[]).exists()
        assert StagedRepo.objects.filter(unknown_fields=[], readme_content__isnull=False).count() == SOME
        assert RenderEnrichment.objects.filter(problem=None, service_count__gt=0).count() == SOME // 3
        assert StarDay.objects.count() > SOME * 200

    def test_most_things_are_the_same_in_the_next_hour(self) -> None:
        pieces.fill(SOME, hour=0)
        pieces.publish(hour=0)
        before = {model: model.objects.count() for model in (RawGithubRepo, RawRepoMetric, RawFileContent)}

        pieces.fill(SOME, hour=1)
        result = pieces.publish(hour=1)

        added = {model: model.objects.count() - count for model, count in before.items()}
        assert 0 < added[RawGithubRepo] < SOME // 2
        assert 0 < added[RawRepoMetric] < SOME // 2
        assert added[RawFileContent] == 1
        assert result["repositories"] == RepoSnapshot.objects.count() == SOME
        assert SOME < RepositoryDim.objects.count() < SOME + 5

    def test_the_record_tells_what_was_new(self) -> None:
        pieces.fill(SOME, hour=0)
        pieces.fill(SOME, hour=1)
        second = RawGithubRepo.objects.order_by("-pk").values_list("execution_id", flat=True)[0]

        found = pieces.main(["record", str(second)])

        assert found["payloads_received"] == SOME * 5
        assert 0 < found["payloads_stored"] < SOME * 2
        assert found["files"] == 1
        assert found["star_histories"] == found["versions_opened"] == 0


class TestProcesses:
    def test_a_child_is_measured_alone(self) -> None:
        child = run([sys.executable, "-c", "print('words'); print('{\"a\": 1}')"], environment("sqlite://:memory:", {}))

        assert child.result() == {"a": 1}
        assert child.seconds > 0
        assert child.megabytes > 1

    def test_a_child_that_fails_says_why(self) -> None:
        with pytest.raises(ChildFailed, match=r"exit code 3\n.*no such thing"):
            run([sys.executable, "-c", "import sys; print('no such thing'); sys.exit(3)"], {})

    def test_the_users_database_is_out_of_reach(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "sqlite:///mine.sqlite3")
        monkeypatch.setenv("GITHUB_TOKEN", "ghp_mine")

        variables = environment("sqlite:////tmp/other.sqlite3", {"GITHUB_ACCESS_TOKEN": "ghp_bench"})

        assert variables["DATABASE_URL"] == "sqlite:////tmp/other.sqlite3"
        assert (variables["GITHUB_TOKEN"], variables["GITHUB_ACCESS_TOKEN"]) == ("", "ghp_bench")

    def test_pieces_need_a_database_named(self) -> None:
        with pytest.raises(ChildFailed):
            run([sys.executable, "-m", "pipeline.bench"], environment("sqlite://:memory:", {}))


def test_a_copied_database_holds_the_same(tmp_path) -> None:
    import sqlite3

    files = SqliteFiles(tmp_path)
    url = files.empty()
    path = url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE one AS SELECT 1 AS n")
    connection.close()

    copy = files.copy(url)
    files.drop(url)

    with sqlite3.connect(copy.removeprefix("sqlite:///")) as connection:
        assert connection.execute("SELECT n FROM one").fetchall() == [(1,)]
    connection.close()
    assert len(list(tmp_path.iterdir())) == 1


class TestGitHubs:
    def test_the_embedded_one_passes_the_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("GITHUB_API_BASE_URL", raising=False)
        monkeypatch.chdir(settings.BASE_DIR)
        with measured_github() as github:
            github.pass_an_hour()
            assert github.environment["GITHUB_API_BASE_URL"] == github.url
            assert "demo--render" in github.environment["RENDER_OFFICIAL_ORGS"]

    def test_the_one_of_the_environment_is_taken_as_it_is(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GITHUB_API_BASE_URL", "http://127.0.0.1:9/")
        monkeypatch.setenv("GITHUB_ACCESS_TOKEN", "")
        with measured_github() as github:
            assert github.environment == {
                "GITHUB_API_BASE_URL": "http://127.0.0.1:9", "GITHUB_ACCESS_TOKEN": "ghp_bench",
            }  # fmt: skip

    def test_a_run_is_shown_with_its_targets(self) -> None:
        said = {
            "status": "success", "repositories": 450, "requests": 560, "graphql_requests": 91, "graphql_points": 91,
            "graphql_seconds": 30.5, "parallel_speedup_factor": 8.1, "most_requests_at_once": 32,
        }  # fmt: skip
        found = {"star_histories": 450, "files": 0, "payloads_received": 1, "payloads_stored": 1, "versions_opened": 0}
        run = runs.Run(Child(json.dumps(said), 9.5, 150.4), said, found)

        lines = {line.split("  ")[0]: line for line in figures_table(runs.first_run_figures(run)).splitlines()}

        assert lines["wall time, s"].endswith("met")
        assert lines["GraphQL requests"].endswith("missed")
        assert lines["peak memory, MB"].split()[-4:] == ["150", "under", "300", "met"]
        assert "payloads stored" in figures_table(runs.next_hour_figures(run))

    def test_the_real_one_can_only_be_waited_for(self) -> None:
        assert GitHub("a", "http://127.0.0.1:9", {}).minute > 60
