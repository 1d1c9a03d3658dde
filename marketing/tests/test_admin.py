"""The admin of marketing: people work on leads and drafts, everything else is only looked at."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketing.models import BlogDraft, BlueprintMetric, MarketingAsset, PlatformReading, SuccessStoryLead

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
TODAY = date(2026, 11, 21)
ID = 5_000_000_000
EVIL = "<script>alert(1)</script>\"'>"
MODELS = list(apps.get_app_config("marketing").get_models())
EDITABLE = (SuccessStoryLead, BlogDraft)
READ_ONLY = [model for model in MODELS if model not in EDITABLE]

every_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.db_table)


def fill(numbers, name="owner/repo-{}", text="words"):
    """One row of each table for each number."""
    for number in numbers:
        repo = {"github_id": ID + number, "repo_full_name": name.format(number)}
        MarketingAsset.objects.create(
            **repo, asset_type="card_wide", theme="dark", alt_text=text, image=b"\x89PNG" + bytes(2044),
            execution_id=1, snapshot_date=TODAY, created_at=NOW,
        )  # fmt: skip
        SuccessStoryLead.objects.create(
            **repo, rule=f"rule-{number}", stars=number, contact={"blog": text}, story=text, notes=text,
            execution_id=1, found_at=NOW, updated_at=NOW,
        )  # fmt: skip
        PlatformReading.objects.create(platform=f"host-{number}", report_date=TODAY, report_text=text, created_at=NOW)
        BlueprintMetric.objects.create(**repo, metric_date=TODAY, deploy_button_url=text, stars=number, created_at=NOW)
        month = date(2010 + number // 12, number % 12 + 1, 1)
        BlogDraft.objects.create(month=month, title=f"{text} {number}", body=text, execution_id=1, created_at=NOW)


def address_of(model, page="changelist", *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=arguments)


def detail_of(model):
    return address_of(model, "change", model.objects.first().pk)


# -- Pages -----------------------------------------------------------------------------------------------------


@every_model
def test_every_table_is_registered(model):
    assert admin.site.is_registered(model)


@pytest.mark.django_db
@every_model
def test_list_and_detail_pages_answer_a_superuser(admin_client, model):
    fill([1, 2])
    assert admin_client.get(address_of(model)).status_code == 200
    assert admin_client.get(detail_of(model)).status_code == 200


@pytest.mark.django_db
@every_model
def test_anonymous_visitors_are_sent_to_the_login(client, model):
    fill([1])
    for address in (address_of(model), detail_of(model)):
        answer = client.get(address)
        assert (answer.status_code, urlsplit(answer.headers["Location"]).path) == (302, reverse("admin:login"))


@pytest.mark.django_db
@every_model
def test_no_row_is_added_or_deleted_by_hand(admin_client, model):
    fill([1])
    key = model.objects.first().pk
    refused = [
        admin_client.post(address_of(model, "add"), {}),
        admin_client.post(address_of(model, "delete", key), {"post": "yes"}),
    ]
    assert [answer.status_code for answer in refused] == [403, 403]
    admin_client.post(address_of(model), {"action": "delete_selected", "_selected_action": key, "post": "yes"})
    assert model.objects.filter(pk=key).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("model", READ_ONLY)
def test_what_runs_make_is_not_changed_by_hand(admin_client, model):
    fill([1])
    page = admin_client.get(detail_of(model))
    assert page.context["adminform"].form.fields == {}
    assert admin_client.post(detail_of(model), {"stars": 9, "alt_text": "other"}).status_code == 403


@pytest.mark.django_db
@every_model
def test_a_detail_page_shows_every_field(admin_client, model):
    fill([1])
    response = admin_client.get(detail_of(model))
    shown = [name for fieldset in response.context["adminform"] for line in fieldset for name in line.fields]
    renamed = {"image_size": "image", "contact_details": "contact"}
    assert {renamed.get(name, name) for name in shown} | {"id"} == {field.name for field in model._meta.fields}


@pytest.mark.django_db
def test_a_picture_is_shown_as_its_size(admin_client):
    fill([1])
    for address in (address_of(MarketingAsset), detail_of(MarketingAsset)):
        page = admin_client.get(address).content.decode()
        assert "2.0\xa0KB" in page
        assert "PNG" not in page


# -- Where people work -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_lead_takes_status_and_notes_and_keeps_the_rest(admin_client, admin_user):
    fill([1])
    lead = SuccessStoryLead.objects.get()
    words = {"status": "contacted", "notes": "Wrote to them.", "stars": 99, "story": "other", "rule": "other"}
    with time_machine.travel(LATER, tick=False):
        admin_client.force_login(admin_user)
        assert admin_client.post(detail_of(SuccessStoryLead), words).status_code == 302
    lead.refresh_from_db()
    assert (lead.status, lead.notes, lead.updated_at) == ("contacted", "Wrote to them.", LATER)
    assert (lead.stars, lead.story, lead.rule, lead.found_at) == (1, "words", "rule-1", NOW)


@pytest.mark.django_db
def test_a_status_that_does_not_exist_is_refused(admin_client):
    fill([1])
    page = admin_client.post(detail_of(SuccessStoryLead), {"status": "rich", "notes": ""})
    assert page.status_code == 200
    assert "rich is not one of the available choices" in page.content.decode()


@pytest.mark.django_db
def test_an_edited_draft_belongs_to_a_person_from_then_on(admin_client, admin_user):
    fill([1])
    draft = BlogDraft.objects.get()
    words = {"title": draft.title, "body": "By hand.", "month": "2001-01-01", "execution_id": 7}
    with time_machine.travel(LATER, tick=False):
        admin_client.force_login(admin_user)
        assert admin_client.post(detail_of(BlogDraft), words).status_code == 302
    edited = BlogDraft.objects.get()
    assert (edited.body, edited.edited_at) == ("By hand.", LATER)
    assert (edited.month, edited.execution_id) == (draft.month, 1)


@pytest.mark.django_db
def test_a_draft_saved_unchanged_stays_the_pipelines(admin_client):
    fill([1])
    draft = BlogDraft.objects.get()
    admin_client.post(detail_of(BlogDraft), {"title": draft.title, "body": draft.body})
    assert BlogDraft.objects.get().edited_at is None


# -- Lists -----------------------------------------------------------------------------------------------------


def queries_of(client, model):
    client.get(address_of(model))  # what is read once and kept in memory does not count
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address_of(model)).status_code == 200
    return [query["sql"] for query in queries]


@pytest.mark.django_db
def test_lists_need_the_same_number_of_queries_for_10_rows_and_for_100(admin_client):
    fill(range(1, 11))
    few = {model: len(queries_of(admin_client, model)) for model in MODELS}
    fill(range(11, 101))
    many = {model: len(queries_of(admin_client, model)) for model in MODELS}
    assert many == few


@pytest.mark.django_db
def test_the_list_of_pictures_reads_no_picture(admin_client):
    fill([1])
    read = [sql for sql in queries_of(admin_client, MarketingAsset) if '"marketing_assets"."image"' in sql]
    assert all('LENGTH("marketing_assets"."image")' in sql for sql in read)
    assert all(sql.count('"marketing_assets"."image"') == 1 for sql in read)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "chosen", "count"),
    [
        (MarketingAsset, {"q": "repo-7"}, 1),
        (MarketingAsset, {"theme__exact": "light"}, 0),
        (SuccessStoryLead, {"q": "repo-7"}, 1),
        (SuccessStoryLead, {"status__exact": "new"}, 9),
        (SuccessStoryLead, {"status__exact": "agreed"}, 0),
        (SuccessStoryLead, {"rule": "rule-3"}, 1),
        (PlatformReading, {"q": "host-7"}, 1),
        (PlatformReading, {"platform": "host-3"}, 1),
        (PlatformReading, {"report_date__year": "2025"}, 0),
        (BlueprintMetric, {"q": "repo-7"}, 1),
        (BlogDraft, {"q": '"words 7"'}, 1),
        (BlogDraft, {"month__year": "2010", "month__month": "8"}, 1),
    ],
)
def test_searches_and_filters_keep_the_rows_meant(admin_client, model, chosen, count):
    fill(range(1, 10))
    assert admin_client.get(address_of(model), chosen).context["cl"].result_count == count


@pytest.mark.django_db
@every_model
def test_no_search_ends_in_an_error(admin_client, model):
    fill([1])
    for term in ("%_'\"\\", "\x00", "9" * 30, " ", EVIL):
        assert admin_client.get(address_of(model), {"q": term}).status_code == 200, term


@pytest.mark.django_db
@every_model
def test_hostile_texts_are_escaped(admin_client, model):
    fill([1], name=EVIL + "{}", text=EVIL)
    list_page = admin_client.get(address_of(model)).content.decode()
    detail_page = admin_client.get(detail_of(model)).content.decode()
    assert "<script>alert" not in list_page + detail_page
    assert "&lt;script&gt;alert" in detail_page
