"""Leads in the admin's list: many get a status at once, and nothing else of them changes."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse

from marketing.models import SuccessStoryLead
from marketing.tests.exporting import MADE_AT, a_lead

pytestmark = pytest.mark.django_db

LIST = reverse("admin:marketing_successstorylead_changelist")
LATER = datetime(2026, 11, 23, 8, tzinfo=UTC)
Status = SuccessStoryLead.Status


def set_status(client, status: str, leads):
    return client.post(LIST, {"action": f"set_{status}", "_selected_action": [lead.pk for lead in leads]})


@pytest.mark.parametrize("status", Status.values)
def test_there_is_an_action_for_each_status(admin_client, status):
    lead = a_lead(status="agreed" if status == "new" else "new")
    assert set_status(admin_client, status, [lead]).status_code == 302
    lead.refresh_from_db()
    assert lead.status == status


def test_only_the_leads_chosen_change_and_only_their_status(admin_client, admin_user):
    chosen = [a_lead(f"octo/{number}", github_id=number) for number in (1, 2)]
    other = a_lead("octo/other", github_id=3)
    with time_machine.travel(LATER, tick=False):
        admin_client.force_login(admin_user)
        response = set_status(admin_client, "contacted", chosen)
    for lead in (*chosen, other):
        lead.refresh_from_db()
        assert (lead.notes, lead.stars, lead.found_at) == ("Call on Monday.", 700, MADE_AT)
    assert {(lead.status, lead.updated_at) for lead in chosen} == {("contacted", LATER)}
    assert (other.status, other.updated_at) == ("new", MADE_AT)
    assert "2 leads are newly “contacted”." in [str(message) for message in get_messages(response.wsgi_request)]


def test_the_history_of_a_lead_says_who_set_its_status(admin_client, admin_user):
    same, other = a_lead(github_id=1, status="agreed"), a_lead(github_id=2)
    set_status(admin_client, "agreed", [same, other])
    [entry] = LogEntry.objects.all()
    assert (entry.user, entry.object_id) == (admin_user, str(other.pk))
    assert "agreed" in entry.get_change_message()


def test_who_may_only_look_sets_no_status(client, django_user_model):
    lead = a_lead()
    member = django_user_model.objects.create_user("member", is_staff=True)
    member.user_permissions.add(Permission.objects.get(codename="view_successstorylead"))
    client.force_login(member)
    set_status(client, "agreed", [lead])
    lead.refresh_from_db()
    assert lead.status == "new"


def test_no_lead_is_deleted_from_the_list(admin_client):
    lead = a_lead()
    admin_client.post(LIST, {"action": "delete_selected", "_selected_action": lead.pk, "post": "yes"})
    assert SuccessStoryLead.objects.filter(pk=lead.pk).exists()
    assert "delete_selected" not in admin_client.get(LIST).content.decode()
