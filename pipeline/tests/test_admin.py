"""The admin: every table and view can be looked into, nobody can change what the pipeline wrote, lists stay cheap."""

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pipeline.admin import runs, shared
from pipeline.models import (
    GitHubAllowance,
    GitHubPause,
    GitHubRequest,
    LanguageDay,
    LanguageDayFact,
    LanguageDim,
    LanguageRanking,
    PublishedRun,
    RawFileContent,
    RawGithubRepo,
    RawHttpAnswer,
    RawPayload,
    RawRepoMetric,
    RawStreamMembership,
    RejectedRepo,
    RenderDayFact,
    RenderEnrichment,
    RenderServiceDay,
    RenderServiceDayFact,
    RenderServiceDim,
    RenderServiceTotalFact,
    RenderShowcase,
    RenderUsage,
    RepoDay,
    RepositoryDim,
    RepoSnapshot,
    RepoStarDay,
    RepoVersion,
    RunClaim,
    RunPart,
    SentAlert,
    StagedRepo,
    StagedSource,
    StarDay,
    StreamState,
    SyncedSchedule,
    TaskRun,
    TrendingRepo,
    WorkerHeartbeat,
    WorkflowExecution,
)

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
TODAY = date(2026, 11, 21)
ID = 5_000_000_000  # above what 32 bits hold
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
MODELS = list(apps.get_app_config("pipeline").get_models())
EDITABLE = (LanguageDim, RenderServiceDim)
READ_ONLY = [model for model in MODELS if model not in EDITABLE]

every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)
every_read_only = pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model._meta.db_table)


def label(value):
    """What stands for a parameter in the name of a test."""
    return value._meta.db_table if isinstance(value, type) else "" if callable(value) else str(value)


# -- Builders --------------------------------------------------------------------------------------------------


def fill(numbers, name="owner/repo-{}", text="words", link="https://github.com/owner/repo"):
    """One row of each table for each number, joined to each other; the one published run at the first of them."""
    for number in numbers:
        run = make_run(number, text)
        raw = make_raw(number, run, name.format(number), text)
        make_staging(number, run, raw, name.format(number), text, link)
        make_facts(number, run, raw, name.format(number), text, link)


def make_run(number, text):
    run = WorkflowExecution.objects.create(
        execution_id=number,
        execution_date=NOW + timedelta(hours=number),
        status="partial",
        snapshot_date=TODAY,
        error_details=[{"stream": "go", "error": f"{text} {number}", "remedy": text}],
        notes=[text],
    )
    top = TaskRun.objects.create(
        execution=run, number=1, name=f"step {number} {text}", status="success", started_at=NOW, error=text
    )
    TaskRun.objects.create(
        execution=run, number=2, parent=top, name="leaf", stream="go", status="failed", started_at=NOW, error=text * 30
    )
    published = {"execution": run, "snapshot_date": TODAY, "published_at": NOW}
    PublishedRun.objects.get_or_create(id=1, defaults=published)
    StreamState.objects.create(stream=f"stream-{number}", **published)
    SyncedSchedule.objects.create(name=f"schedule {number} {text[:50]}", version="0" * 16)
    SentAlert.objects.create(event="runs_overdue", subject=f"{number} {text[:50]}", sent_at=NOW)
    WorkerHeartbeat.objects.create(
        name=f"worker-{number}", host=text[:255], pid=number, status="Idle", started_at=NOW, beat_at=NOW
    )
    make_shared(number, run, text)
    return run


def make_shared(number, run, text):
    part = RunPart.objects.create(
        execution=run, kind="stream", stream=text[:50], worker=text[:300], offered_at=NOW, result={"error": text}
    )
    RunClaim.objects.create(execution=run, part=part, github_id=ID + number)
    GitHubAllowance.objects.create(
        token_digest=f"{number:032x}", resource="core", limit=5000, remaining=number, reset_at=1.8e9, is_guess=False
    )
    GitHubRequest.objects.create(resource="core", sent_at=1.8e9, seconds=0.1)
    GitHubPause.objects.get_or_create(id=1)


def make_raw(number, run, name, text):
    raw = RawGithubRepo.objects.create(
        github_id=ID + number,
        repo_full_name=name,
        api_response={"description": text, "stars": number},
        fetch_timestamp=NOW,
        last_seen_at=NOW,
        source_language="Go",
        source_type="rising",
        content_hash="0" * 64,
        execution=run,
    )
    RawRepoMetric.objects.create(
        github_id=ID + number,
        repo_full_name=name,
        metric_type="files",
        metric_data={"name": text},
        fetch_timestamp=NOW,
        last_seen_at=NOW,
        content_hash="0" * 64,
        execution=run,
    )
    RawFileContent.objects.create(oid=f"{number:040x}", byte_size=9, text=text, fetch_timestamp=NOW, execution=run)
    RawStreamMembership.objects.create(
        stream="go", members=[[ID + number, "rising"]], remembered={"1": text}, fetch_timestamp=NOW, execution=run
    )
    RawHttpAnswer.objects.create(
        url=f"https://api.github.com/repos/{name}?q={number}", etag=text[:50], body=[text], fetch_timestamp=NOW
    )
    return raw


def make_staging(number, run, raw, name, text, link):
    staged = StagedRepo.objects.create(
        github_id=ID + number,
        repo_full_name=name,
        repo_url=link,
        language="Go",
        description=text,
        stars=number,
        readme_content=text,
        render_yaml_content=text,
        unknown_fields=[text],
        topics=[text],
        data_quality_score="0.90",
        stream="go",
        loaded_at=NOW,
        raw_repo=raw,
        execution=run,
    )
    RenderEnrichment.objects.create(
        repo=staged,
        repo_full_name=name,
        render_category="community",
        deploy_button_url=link,
        render_services=[{"name": text, "type": "web"}],
        service_counts={text: 1},
        problem=text,
        loaded_at=NOW,
    )
    RejectedRepo.objects.create(
        github_id=ID + number,
        repo_full_name=name,
        stream="go",
        reason=text,
        raw_repo=raw,
        execution=run,
        rejected_at=NOW,
    )


def make_facts(number, run, raw, name, text, link):
    language = LanguageDim.objects.create(language_name=f"{text[:80]} {number}", language_category="web")
    service = RenderServiceDim.objects.create(service_type=f"{text[:80]} {number}", service_description=text)
    repo = RepositoryDim.objects.create(
        github_id=ID + number,
        repo_full_name=name,
        repo_url=link,
        description=text,
        language="Go",
        render_category="community",
        valid_from=NOW,
        is_current=True,
    )
    RepoSnapshot.objects.create(
        repo=repo,
        github_id=ID + number,
        language=language,
        snapshot_date=TODAY,
        stream="go",
        is_current=True,
        stars=number,
        momentum_score=number,
        velocity_part=number,
        activity_part=0,
        render_boost=0,
        age_penalty=0,
        data_quality_score="0.90",
        rank_overall=number,
        rank_in_language=1,
        unknown_parts=[text],
        raw_repo=raw,
        execution=run,
        created_at=NOW,
    )
    StarDay.objects.create(github_id=ID + number, day=TODAY, stars_gained=number)
    RenderUsage.objects.create(
        repo=repo, service=service, snapshot_date=TODAY, service_count=1, has_blueprint=True, created_at=NOW
    )
    make_totals(number, language, service)


def make_totals(number, language, service):
    LanguageDayFact.objects.create(
        language=language, snapshot_date=TODAY, repositories=1, render_repositories=1, stars=number
    )
    RenderDayFact.objects.create(
        render_category="community", snapshot_date=TODAY - timedelta(days=number), repositories=1, stars=number
    )
    RenderServiceDayFact.objects.create(
        service=service, language=language, snapshot_date=TODAY, repositories=1, services=1
    )
    RenderServiceTotalFact.objects.create(service=service, snapshot_date=TODAY, repositories=1, services=1)


def address_of(model, page="changelist", *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def detail_of(model):
    return address_of(model, "change", admin.utils.quote(model.objects.first().pk))


def found(response):
    return set(response.context["cl"].result_list)


# -- Pages -----------------------------------------------------------------------------------------------------


@every_model
def test_every_table_and_view_is_registered(model):
    assert admin.site.is_registered(model)


@pytest.mark.django_db
@every_model
def test_list_and_detail_pages_answer_a_superuser(admin_client, model):
    fill(range(1, 3))
    assert admin_client.get(address_of(model)).status_code == 200
    assert admin_client.get(detail_of(model)).status_code == 200


@pytest.mark.django_db
@every_model
def test_an_empty_table_has_a_page(admin_client, model):
    assert admin_client.get(address_of(model)).status_code == 200


@pytest.mark.django_db
@every_model
def test_anonymous_visitors_are_sent_to_the_login(client, model):
    fill([1])
    for address in (address_of(model), detail_of(model)):
        answer = client.get(address)
        assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (302, reverse("admin:login"))


@pytest.mark.django_db
def test_the_site_is_called_trender(admin_client):
    page = admin_client.get(reverse("admin:index")).content.decode()
    assert "<title>Tables and views | Trender</title>" in page
    assert "Django administration" not in page


@pytest.mark.django_db
@every_read_only
def test_a_detail_page_shows_every_field_and_offers_none_to_edit(admin_client, model):
    fill([1])
    response = admin_client.get(detail_of(model))
    shown = [name for fieldset in response.context["adminform"] for line in fieldset for name in line.fields]
    names = {getattr(name, "__name__", name) for name in shown} - {"task_tree"}
    assert names == {field.name for field in model._meta.fields}
    assert response.context["adminform"].form.fields == {}


# -- Nobody changes what the pipeline wrote --------------------------------------------------------------------


@pytest.mark.django_db
@every_read_only
def test_what_the_pipeline_writes_cannot_be_added_changed_or_deleted(admin_client, model):
    fill([1])
    key = admin.utils.quote(model.objects.first().pk)
    before = list(model.objects.values())
    refused = [
        admin_client.get(address_of(model, "add")),
        admin_client.post(address_of(model, "add"), {}),
        admin_client.post(address_of(model, "change", key), {"stars": 1, "status": "running"}),
        admin_client.get(address_of(model, "delete", key)),
        admin_client.post(address_of(model, "delete", key), {"post": "yes"}),
    ]
    assert [answer.status_code for answer in refused] == [403] * 5
    assert list(model.objects.values()) == before


@pytest.mark.django_db
@every_model
def test_a_list_deletes_nothing(admin_client, model):
    fill([1])
    before = model.objects.count()
    key = model.objects.first().pk
    admin_client.post(address_of(model), {"action": "delete_selected", "_selected_action": key, "post": "yes"})
    assert model.objects.count() == before


@pytest.mark.django_db
def test_the_words_about_a_language_may_be_edited_but_not_its_name(admin_client):
    go = LanguageDim.objects.create(language_name="Gopher", language_category="systems", ecosystem_size="large")
    words = {"language_name": "Other", "language_category": "cloud", "ecosystem_size": "huge"}
    assert admin_client.post(address_of(LanguageDim, "change", go.pk), words).status_code == 302
    go.refresh_from_db()
    assert (go.language_name, go.language_category, go.ecosystem_size) == ("Gopher", "cloud", "huge")


@pytest.mark.django_db
def test_the_description_of_a_service_type_may_be_edited_but_not_its_name(admin_client):
    row = RenderServiceDim.objects.create(service_type="lambda", service_description="old")
    words = {"service_type": "other", "service_description": "new"}
    assert admin_client.post(address_of(RenderServiceDim, "change", row.pk), words).status_code == 302
    row.refresh_from_db()
    assert (row.service_type, row.service_description) == ("lambda", "new")


@pytest.mark.django_db
@pytest.mark.parametrize("model", EDITABLE)
def test_editable_dimensions_gain_and_lose_no_row(admin_client, model):
    fill([1])
    key = model.objects.first().pk
    assert admin_client.post(address_of(model, "add"), {}).status_code == 403
    assert admin_client.post(address_of(model, "delete", key), {"post": "yes"}).status_code == 403


# -- Cost ------------------------------------------------------------------------------------------------------


def queries_of(client, address):
    client.get(address)  # what is read once and kept in memory does not count
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in queries]


@pytest.mark.django_db
def test_lists_need_the_same_number_of_queries_for_10_rows_and_for_100(admin_client):
    fill(range(1, 11))
    few = {model: len(queries_of(admin_client, address_of(model))) for model in MODELS}
    fill(range(11, 101))
    many = {model: len(queries_of(admin_client, address_of(model))) for model in MODELS}
    assert many == few
    assert max(few.values()) <= 10


@pytest.mark.django_db
def test_a_run_needs_the_same_number_of_queries_for_2_tasks_and_for_60(admin_client):
    fill([1])
    address = address_of(WorkflowExecution, "change", 1)
    few = len(queries_of(admin_client, address))
    top = TaskRun.objects.get(execution=1, number=1)
    for number in range(3, 61):
        TaskRun.objects.create(execution_id=1, number=number, parent=top, name="more", status="success", started_at=NOW)
    assert len(queries_of(admin_client, address)) == few


@pytest.mark.django_db
@every_model
def test_lists_leave_payloads_and_long_texts_in_the_database(admin_client, model):
    fill([1])
    payloads = ("api_response", "metric_data", "members", "body", "text", "readme_content", "github_state", "image")
    own = [field.column for field in model._meta.fields if field.name in payloads]
    column_names = [f'"{model._meta.db_table}"."{column}"' for column in own]
    assert not [sql for sql in queries_of(admin_client, address_of(model)) for name in column_names if name in sql]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model",
    [RawGithubRepo, RawRepoMetric, RawFileContent, RawPayload, RepoSnapshot, RepoDay, StarDay, RepoStarDay, TaskRun],
)
def test_the_whole_of_a_huge_table_is_never_counted(admin_client, monkeypatch, model):
    monkeypatch.setattr(shared, "COUNT_LIMIT", 3)
    fill(range(1, 6))
    with CaptureQueriesContext(connection) as queries:
        page = admin_client.get(address_of(model))
    counts = [query["sql"] for query in queries if "COUNT(" in query["sql"]]
    assert len(counts) == 1
    assert "LIMIT 3" in counts[0]
    assert "The first 3 rows. Search or filter to see others." in page.content.decode()


@pytest.mark.django_db
def test_a_table_below_the_limit_is_counted_and_says_nothing(admin_client):
    fill(range(1, 6))
    page = admin_client.get(address_of(RawGithubRepo))
    assert page.context["cl"].result_count == 5
    assert "The first" not in page.content.decode()


# -- Searching and filtering -----------------------------------------------------------------------------------

SEARCHES = [
    (RawGithubRepo, "repo-7", lambda row: row.repo_full_name == "owner/repo-7"),
    (RawGithubRepo, str(ID + 7), lambda row: row.github_id == ID + 7),
    (RawRepoMetric, "REPO-7", lambda row: row.repo_full_name == "owner/repo-7"),
    (RawFileContent, f"{7:040x}", lambda row: int(row.pk, 16) == 7),
    (RawFileContent, f"{7:040x}"[:39], lambda row: int(row.pk, 16) < 16),
    (RawStreamMembership, "7", lambda row: row.execution_id == 7),
    (RawHttpAnswer, "repo-7?", lambda row: "repo-7" in row.url),
    (StagedRepo, "repo-7", lambda row: row.stars == 7),
    (RejectedRepo, str(ID + 7), lambda row: row.repo_full_name == "owner/repo-7"),
    (RenderEnrichment, str(ID + 7), lambda row: row.repo_full_name == "owner/repo-7"),
    (RepositoryDim, "repo-7", lambda row: row.github_id == ID + 7),
    (RepoSnapshot, "repo-7", lambda row: row.stars == 7),
    (RepoSnapshot, str(ID + 7), lambda row: row.stars == 7),
    (StarDay, "repo-7", lambda row: row.stars_gained == 7),
    (StarDay, str(ID + 7), lambda row: row.stars_gained == 7),
    (RepoStarDay, "repo-7", lambda row: row.stars_gained == 7),
    (RepoDay, str(ID + 7), lambda row: row.stars == 7),
    (RepoVersion, "repo-7", lambda row: row.github_id == ID + 7),
    (StagedSource, "repo-7", lambda row: row.github_id == ID + 7),
    (RawPayload, "repo-7", lambda row: row.github_id == ID + 7),
    (RawPayload, str(ID + 7), lambda row: row.github_id == ID + 7),
    (LanguageDayFact, '"words 7"', lambda row: row.stars == 7),
    (LanguageDay, '"words 7"', lambda row: row.stars == 7),
    (RenderServiceDayFact, '"words 7"', lambda row: row.service.service_type == "words 7"),
    (RenderServiceTotalFact, '"words 7"', lambda row: row.service.service_type == "words 7"),
    (RenderServiceDay, '"words 7"', lambda row: row.service_type == "words 7"),
    (RenderUsage, "repo-7", lambda row: row.repo.github_id == ID + 7),
    (RenderUsage, str(ID + 7), lambda row: row.repo.github_id == ID + 7),
    (LanguageDim, '"words 7"', lambda row: row.language_name == "words 7"),
    (RenderServiceDim, '"words 7"', lambda row: row.service_type == "words 7"),
    (TrendingRepo, "repo-7", lambda row: row.stars == 7),
    (RenderShowcase, str(ID + 7), lambda row: row.stars == 7),
    (LanguageRanking, '"words 7"', lambda row: row.stars == 7),
    (WorkflowExecution, "7", lambda row: row.pk == 7),
    (WorkflowExecution, '"words 7"', lambda row: row.pk == 7),
    (TaskRun, '"step 7 "', lambda row: row.name == "step 7 words"),
    (StreamState, "stream-7", lambda row: row.execution_id == 7),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "term", "belongs"), SEARCHES, ids=label)
def test_a_search_finds_the_rows_meant_and_no_others(admin_client, model, term, belongs):
    fill(range(1, 20))
    rows = found(admin_client.get(address_of(model), {"q": term}))
    expected = {row for row in model.objects.all() if belongs(row)}
    assert rows == expected
    assert 0 < len(rows) < 19


@pytest.mark.django_db
@every_model
def test_no_search_ends_in_an_error(admin_client, model):
    fill([1])
    for term in ("%_'\"\\", "\x00", "9" * 18, "9" * 19, "9" * 5000, "٣", "²", "-1", " ", EVIL):
        assert admin_client.get(address_of(model), {"q": term}).status_code == 200, term[:20]


FILTERS = [
    (RawGithubRepo, {"source_language": "Go"}, 2),
    (RawGithubRepo, {"source_language": "Ruby"}, 0),
    (RawGithubRepo, {"source_type__exact": "rising"}, 2),
    (RawGithubRepo, {"source_type__exact": "established"}, 0),
    (RawRepoMetric, {"metric_type__exact": "files"}, 2),
    (RawStreamMembership, {"stream": "go"}, 2),
    (RawStreamMembership, {"stream": "python"}, 0),
    (StagedRepo, {"stream": "go", "language": "Go"}, 2),
    (RepoSnapshot, {"snapshot_date__gte": "2026-11-22"}, 0),
    (RepoSnapshot, {"is_current__exact": "1", "stream": "go"}, 2),
    (StarDay, {"day__gte": "2026-11-21"}, 2),
    (TaskRun, {"status__exact": "failed"}, 2),
    (WorkflowExecution, {"status__exact": "partial"}, 2),
    (WorkflowExecution, {"execution_date__year": "2025"}, 0),
    (RenderShowcase, {"render_category": "community"}, 2),
    (TrendingRepo, {"language": "words 2"}, 1),
    (RepoDay, {"is_current__exact": "1", "stream": "go"}, 2),
    (RenderDayFact, {"render_category__exact": "official"}, 0),
    (LanguageDay, {"language": "words 2"}, 1),
    (RejectedRepo, {"execution": "2"}, 1),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "chosen", "count"), FILTERS, ids=label)
def test_a_filter_keeps_the_rows_meant(admin_client, model, chosen, count):
    fill([1, 2])
    assert len(found(admin_client.get(address_of(model), chosen))) == count


@pytest.mark.django_db
def test_a_stream_that_was_never_offered_filters_nothing(admin_client):
    fill([1, 2])
    assert len(found(admin_client.get(address_of(TaskRun), {"stream": "\x00"}))) == 4


@pytest.mark.django_db
def test_streams_to_choose_are_those_followed_and_those_published(admin_client):
    fill([1])
    page = admin_client.get(address_of(TaskRun))
    (streams,) = [each for each in page.context["cl"].filter_specs if each.title == "stream"]
    assert [value for value, _ in streams.lookup_choices] == ["go", "python", "stream-1", "typescript"]


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "body"), [("repository", {"description": "words", "stars": 1}), ("files", None)])
def test_a_payload_is_found_by_the_parts_of_its_key(admin_client, kind, body):
    fill([1])
    payload = RawPayload.objects.get(kind=kind)
    with CaptureQueriesContext(connection) as queries:
        page = admin_client.get(address_of(RawPayload, "change", admin.utils.quote(payload.pk)))
    assert page.context["original"].body == (body or {"name": "words"})
    assert not [query["sql"] for query in queries if '"payload_key" =' in query["sql"]]


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["files", "files-", "files-x", "files-99", f"files-{'9' * 19}", f"files-{'9' * 5000}"])
def test_a_payload_that_is_not_there_is_not_found(admin_client, key):
    fill([1])
    assert admin_client.get(address_of(RawPayload, "change", key)).status_code == 302


# -- The task tree ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_run_shows_each_task_below_its_parent(admin_client):
    run = make_run(1, "words")
    second = TaskRun.objects.create(execution=run, number=3, name="second", status="success", started_at=NOW)
    TaskRun.objects.create(
        execution=run, number=4, parent=second, name="of the second", status="success", started_at=NOW
    )
    first = TaskRun.objects.get(execution=run, number=1)
    TaskRun.objects.create(execution=run, number=5, parent=first, name="late", status="success", started_at=NOW)
    page = admin_client.get(address_of(WorkflowExecution, "change", run.pk))
    lines = re.findall(r'<td>(\s*)<a href="([^"]*)">([^<]*)</a></td>', page.content.decode())
    assert [(len(indent), name) for indent, _, name in lines] == [
        *((0, "step 1 words"), (1, "leaf"), (1, "late"), (0, "second"), (1, "of the second"))
    ]
    assert admin_client.get(lines[1][1]).context["original"] == TaskRun.objects.get(name="leaf")


def test_a_task_whose_parent_is_not_there_stands_at_the_top():
    tasks = [TaskRun(pk=1, name="a", parent_id=99), TaskRun(pk=2, name="b", parent_id=1)]
    assert [(depth, task.name) for depth, task in runs.as_tree(tasks)] == [(0, "a"), (1, "b")]


# -- Hostile texts ---------------------------------------------------------------------------------------------


class Reader(HTMLParser):
    """Collects what a strict Content-Security-Policy or a careful reader would object to."""

    def __init__(self) -> None:
        super().__init__()
        self.faults = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.faults += [f"<{tag} {name}>" for name in values if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in values):
            self.faults.append(f"inline <{tag}>")
        for name in ("href", "src", "action"):
            scheme = urlsplit(values.get(name) or "").scheme
            if scheme not in ("", "http", "https"):
                self.faults.append(f"{name} with {scheme}:")


def faults_of(response):
    reader = Reader()
    reader.feed(response.content.decode())
    return reader.faults


@pytest.mark.django_db
@pytest.mark.parametrize("link", ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.example"])
@every_model
def test_hostile_texts_stay_texts(admin_client, model, link):
    fill([1], name=EVIL + "{}", text=EVIL, link=link)
    for address in (address_of(model), detail_of(model)):
        response = admin_client.get(address)
        assert response.status_code == 200
        assert faults_of(response) == []
        assert "<script>alert" not in response.content.decode()
        assert f'href="{link}' not in response.content.decode()


@pytest.mark.django_db
def test_hostile_texts_are_shown_escaped(admin_client):
    fill([1], name=EVIL + "{}", text=EVIL)
    page = admin_client.get(detail_of(RawGithubRepo)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("address", ["https://github.com/a/b", "http://example.org", "HTTPS://example.org/?a=1&b=2"])
def test_an_http_address_becomes_a_link(address):
    assert shared.external_link(address).startswith('<a href="')


@pytest.mark.parametrize(
    "address",
    [
        *("javascript:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)", "data:text/html,x", "ftp://a/b"),
        *("", "https://", "https:// evil", "//example.org", "https:evil", "https://a b", "/admin/", "https://a\nb"),
    ],
)
def test_any_other_address_stays_text(address):
    assert shared.external_link(address) == address


def test_a_quote_in_an_address_ends_no_attribute():
    assert '"onclick' not in shared.external_link('https://example.org/"onclick="alert(1)')


def test_json_is_shown_over_several_lines_in_its_own_letters():
    assert shared.pretty_json({"a": ["é", "<b>"]}) == (
        "<pre>{\n  &quot;a&quot;: [\n    &quot;é&quot;,\n    &quot;&lt;b&gt;&quot;\n  ]\n}</pre>"
    )


def test_a_lone_surrogate_can_be_sent():
    assert shared.pretty_json("\ud800").encode() == b"<pre>&quot;\\ud800&quot;</pre>"


def test_a_very_long_text_is_cut_and_says_so():
    shown = shared.preformatted("x" * 60_000)
    assert len(shown) < 51_000
    assert "60,000 characters, the first 50,000 are shown" in shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        *((None, None), ("", None), ([], None), ("one\n two", "one two"), ("x" * 300, "x" * 79 + "…")),
        *((["a", "é"], '["a", "é"]'), (["\ud800"], '["\\ud800"]')),
    ],
)
def test_a_list_shows_one_short_line(text, shown):
    assert shared.short("reason")(RejectedRepo(reason=text)) == shown
