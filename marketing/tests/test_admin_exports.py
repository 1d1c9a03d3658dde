"""Files from the lists of the admin: under the list's filters, for those who may see the list."""

import csv
import io
import json

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from dashboard.tests.builders import a_project, a_published_run, a_repo
from marketing.tests.exporting import FORMS, NAMES, a_lead, a_metric, a_reading, fill

pytestmark = pytest.mark.django_db

LISTS = {
    "leads": "marketing_successstorylead",
    "platforms": "marketing_platformreading",
    "blueprints": "marketing_blueprintmetric",
    "trending": "pipeline_trendingrepo",
    "showcase": "pipeline_rendershowcase",
    "snapshots": "pipeline_repoday",
}


def address(name: str, form: str = "csv") -> str:
    return reverse("marketing:staff_export", args=[name, form])


def lines(client, name: str, query: str = "") -> list[dict[str, str]]:
    response = client.get(address(name) + query)
    assert response.status_code == 200, response.content
    return list(csv.DictReader(io.StringIO(response.getvalue().decode())))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMS)
def test_every_list_can_be_had_as_a_file(admin_client, name, form):
    fill(3)
    response = admin_client.get(address(name, form))
    assert response.status_code == 200
    assert len(response.getvalue()) > 100
    if form == "csv":
        assert len(lines(admin_client, name)) == 3


@pytest.mark.parametrize("name", NAMES)
def test_a_list_links_to_its_files_with_its_own_filters(admin_client, name):
    fill(1)
    text = admin_client.get(reverse(f"admin:{LISTS[name]}_changelist"), {"q": "octo a"}).content.decode()
    for form in FORMS:
        assert f'href="{address(name, form)}?q=octo+a"' in text


@pytest.mark.parametrize(
    ("name", "query", "number"),
    [
        ("leads", "?status__exact=agreed", 1),
        ("leads", "?status__exact=declined", 0),
        ("leads", "?q=octo/first", 1),
        ("platforms", "?platform=render", 1),
        ("blueprints", "?q=octo/shop", 1),
        ("trending", "?uses_render__exact=1", 1),
        ("trending", "?q=first&p=1", 1),
        ("showcase", "?q=nothing", 0),
        ("snapshots", "?is_current__exact=1", 2),
    ],
)
def test_the_files_rows_are_those_of_the_list(admin_client, name, query, number):
    run = a_published_run()
    a_project(run, "octo/first")
    a_repo(run, "octo/second")
    a_lead("octo/first", status="agreed")
    a_lead("octo/second", github_id=2)
    a_reading("render")
    a_reading("vercel")
    a_metric()
    assert len(lines(admin_client, name, query)) == number


def test_the_order_is_that_of_the_list(admin_client):
    a_lead("octo/few", github_id=1, stars=1)
    a_lead("octo/many", github_id=2, stars=9)
    column = 3  # stars, counted from the box that marks a row
    assert [row["repository"] for row in lines(admin_client, "leads", f"?o={column}")] == ["octo/few", "octo/many"]
    assert [row["repository"] for row in lines(admin_client, "leads", f"?o=-{column}")] == ["octo/many", "octo/few"]


def test_contact_and_notes_of_leads_are_in_the_admins_file(admin_client):
    a_lead(notes="=cmd")
    [row] = lines(admin_client, "leads")
    assert set(row["contact"].split("; ")) == {"email: ann@example.org", "blog: https://example.org"}
    assert row["notes"] == "'=cmd"
    found = json.loads(admin_client.get(address("leads", "json") + "?q=widget").getvalue())
    assert found["rows"][0]["contact"]["email"] == "ann@example.org"
    assert found["filters"] == {"q": "widget"}


@pytest.mark.parametrize("name", NAMES)
def test_visitors_are_sent_to_the_login(client, name):
    response = client.get(address(name))
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, reverse("admin:login"))


def test_accounts_without_the_admin_or_without_the_right_to_see_get_nothing(client, django_user_model):
    a_lead()
    client.force_login(django_user_model.objects.create_user("reader"))
    assert client.get(address("leads")).status_code == 302
    member = django_user_model.objects.create_user("member", is_staff=True)
    client.force_login(member)
    assert client.get(address("leads")).status_code == 403
    member.user_permissions.add(Permission.objects.get(codename="view_successstorylead"))
    assert len(lines(client, "leads")) == 1
    assert client.get(address("platforms")).status_code == 403


@pytest.mark.parametrize("query", ["?nonsense=1", "?found_at__year=x", "?status__exact=%00", "?status__exact__x=1"])
def test_a_filter_the_list_cannot_use_is_refused(admin_client, query):
    assert admin_client.get(address("leads") + query).status_code == 400


def test_a_file_is_only_read(admin_client):
    assert admin_client.post(address("leads")).status_code == 405
    assert admin_client.get(address("nothing")).status_code == 404
    assert admin_client.head(address("leads")).status_code == 200
