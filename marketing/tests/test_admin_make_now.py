"""The admin's buttons: each list's task is handed to the worker by those who may change its rows."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import OrmQ

from marketing.tests.exporting import fill
from pipeline.models import WorkerHeartbeat

pytestmark = pytest.mark.django_db

TASKS = {
    "marketingasset": "marketing.tasks.make_cards",
    "successstorylead": "marketing.tasks.find_leads",
    "platformreading": "marketing.tasks.weekly_platform_report",
    "blueprintmetric": "marketing.tasks.read_blueprints",
    "blogdraft": "marketing.tasks.monthly_blog_draft",
}
every_list = pytest.mark.parametrize("name", TASKS)


def button(name: str) -> str:
    return reverse(f"admin:marketing_{name}_make_now")


def changelist(name: str) -> str:
    return reverse(f"admin:marketing_{name}_changelist")


def said(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@every_list
def test_a_button_hands_the_schedules_task_to_the_worker(admin_client, name):
    response = admin_client.post(button(name))
    assert (response.status_code, response["Location"]) == (302, changelist(name))
    [queued] = OrmQ.objects.all()
    assert (queued.func(), queued.task["args"], queued.task["kwargs"]) == (TASKS[name], (), {})
    assert callable(import_string(queued.func()))
    assert f"task {queued.task['id']}" in said(response)[0]


@every_list
def test_the_list_has_the_button(admin_client, name):
    fill()
    text = admin_client.get(changelist(name)).content.decode()
    assert f'action="{button(name)}"' in text
    assert "csrfmiddlewaretoken" in text
    assert "Make now" in text


@every_list
def test_looking_at_the_address_makes_nothing(admin_client, name):
    assert admin_client.get(button(name)).status_code == 405
    assert not OrmQ.objects.exists()


def test_a_form_of_another_site_makes_nothing(admin_user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    assert client.post(button("blogdraft")).status_code == 403
    assert not OrmQ.objects.exists()


@every_list
def test_who_may_only_look_has_no_button(client, django_user_model, name):
    member = django_user_model.objects.create_user("member", is_staff=True)
    member.user_permissions.add(Permission.objects.get(codename=f"view_{name}"))
    client.force_login(member)
    assert "Make now" not in client.get(changelist(name)).content.decode()
    assert client.post(button(name)).status_code == 403
    member.user_permissions.add(Permission.objects.get(codename=f"change_{name}"))
    assert client.post(button(name)).status_code == 302
    assert OrmQ.objects.count() == 1


def test_visitors_are_sent_to_the_login(client):
    assert client.post(button("blogdraft")).status_code == 302
    assert not OrmQ.objects.exists()


@pytest.mark.parametrize(("age", "warnings"), [(None, 1), (timedelta(minutes=5), 1), (timedelta(seconds=5), 0)])
def test_a_missing_worker_is_told(admin_client, age, warnings):
    now = timezone.now()
    if age is not None:
        beat = {"host": "here", "pid": 1, "status": "Idle", "started_at": now - age}
        WorkerHeartbeat.objects.create(name="one", beat_at=now - age, **beat)
    texts = said(admin_client.post(button("blogdraft")))
    assert sum("No worker" in text for text in texts) == warnings
