"""Runs asked for from the list of runs: who may, what is handed to the worker, and what the answer says."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from pipeline.heartbeats import beat
from pipeline.models import RepositoryDim, WorkflowExecution

pytestmark = pytest.mark.django_db
REQUEST = "/admin/pipeline/workflowexecution/request/"
LIST = "/admin/pipeline/workflowexecution/"


@pytest.fixture
def staff(django_user_model, client):
    """A client whose user may look at runs and change them, and nothing else."""
    user = django_user_model.objects.create_user("staff", is_staff=True)
    names = ("change_workflowexecution", "view_workflowexecution")
    user.user_permissions.set(Permission.objects.filter(codename__in=names))
    client.force_login(user)
    return client


def make_run(status, **values):
    now = timezone.now()
    return WorkflowExecution.objects.create(
        execution_date=now, heartbeat_at=now, snapshot_date=now.date(), status=status, **values
    )


def ask(client, **values):
    """The texts of the page that follows."""
    answer = client.post(REQUEST, values, follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    return [str(message) for message in answer.context["messages"]]


def enqueued():
    """Arguments of the one task in the queue: (languages, limit, from raw, demo) and those by name."""
    task = OrmQ.objects.get().task
    assert task["func"] == "pipeline.tasks.run"
    return tuple(task["args"]), task["kwargs"]


def worker_beats():
    beat("a-worker", "machine", 42, "Idle", timezone.now())


# -- Who may ---------------------------------------------------------------------------------------------------


def test_anonymous_visitors_are_sent_to_the_login(client):
    answer = client.post(REQUEST, {"what": "run"})
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, reverse("admin:login"))
    assert not OrmQ.objects.exists()


def test_people_who_are_no_staff_are_sent_to_the_login(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("reader"))
    assert client.post(REQUEST, {"what": "run"}).status_code == 302
    assert not OrmQ.objects.exists()


def test_staff_without_the_permission_is_refused_and_sees_no_buttons(client, django_user_model):
    user = django_user_model.objects.create_user("looker", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="view_workflowexecution"))
    client.force_login(user)
    assert client.post(REQUEST, {"what": "run"}).status_code == 403
    assert not OrmQ.objects.exists()
    page = client.get(LIST).content.decode()
    assert "Run now" not in page
    assert "Worker: gone" in page


def test_a_get_is_refused(staff):
    answer = staff.get(REQUEST, {"what": "run"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert not OrmQ.objects.exists()


def test_a_form_without_its_token_is_refused(staff):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = staff.cookies
    assert strict.post(REQUEST, {"what": "run"}).status_code == 403
    assert not OrmQ.objects.exists()


def test_the_buttons_are_forms_that_need_no_script(staff):
    page = staff.get(LIST)
    text = page.content.decode()
    for words in ("Run now", "Retry failed streams", "Rebuild from raw", "Run it now"):
        assert words in text
    assert text.count(f'method="post" action="{REQUEST}"') == 2
    assert "onclick" not in text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    for stream in ("python", "typescript", "go", "render"):
        assert f'<option value="{stream}">' in text


# -- What is handed over ---------------------------------------------------------------------------------------


def test_run_now_hands_a_whole_run_to_the_worker(staff):
    worker_beats()
    (said,) = ask(staff, what="run")
    assert enqueued() == (([], None, False, False), {"trigger": "admin", "streams": []})
    assert OrmQ.objects.get().task["id"] in said
    assert said.endswith(": all streams.")


@pytest.mark.parametrize("stream", ["go", "render"])
def test_one_stream_is_handed_over_by_its_name(staff, stream):
    ask(staff, what="stream", stream=stream)
    assert enqueued() == (([], None, False, False), {"trigger": "admin", "streams": [stream]})


def test_a_rebuild_is_handed_over_as_such(staff):
    ask(staff, what="rebuild")
    assert enqueued() == (([], None, True, False), {"trigger": "admin", "streams": []})


def test_a_database_of_made_up_repositories_stays_one(staff):
    RepositoryDim.objects.create(github_id=1, valid_from=timezone.now(), is_current=True, is_demo=True)
    ask(staff, what="run")
    assert enqueued()[0] == ([], None, False, True)


def test_the_streams_that_failed_in_the_newest_run_are_tried_again(staff):
    make_run("partial", error_details=[{"stream": "python", "error": "502"}])
    make_run("partial", error_details=[{"stream": name, "error": "502"} for name in ("render", "go")])
    make_run("skipped")
    ask(staff, what="retry")
    assert enqueued()[1] == {"trigger": "admin", "streams": ["go", "render"]}


@pytest.mark.parametrize("status", ["failed", "abandoned"])
def test_after_a_run_that_published_nothing_all_streams_are_tried_again(staff, status):
    make_run(status, error_details=[{"step": "lease", "error": "no sign of life"}])
    ask(staff, what="retry")
    assert enqueued()[1] == {"trigger": "admin", "streams": []}


def test_without_a_failed_stream_nothing_is_handed_over(staff):
    assert ask(staff, what="retry") == ["There is no run yet whose streams could have failed."]
    done = make_run("success")
    assert ask(staff, what="retry") == [f"No stream failed in run {done.execution_id}."]
    assert not OrmQ.objects.exists()


@pytest.mark.parametrize(
    "values", [{}, {"what": "drop"}, {"what": "stream"}, {"what": "stream", "stream": "<script>"}], ids=str
)
def test_what_was_never_offered_is_refused_with_a_sentence(staff, values):
    (said,) = ask(staff, **values)
    assert said
    assert not OrmQ.objects.exists()


# -- What to expect --------------------------------------------------------------------------------------------


def test_without_a_worker_the_answer_says_how_to_start_one(staff):
    _, hint = ask(staff, what="run")
    assert hint == (
        "The worker seems gone: no worker has been started yet. Tasks wait until one runs: manage.py qcluster"
    )


def test_a_run_that_is_going_on_is_told(staff):
    worker_beats()
    running = make_run("running")
    _, warning = ask(staff, what="run")
    assert warning.startswith(f"Run {running.execution_id} has not ended (running: gave a sign of life")
    assert "is skipped" in warning


def test_a_run_that_gives_no_sign_of_life_is_told_as_gone(staff):
    worker_beats()
    running = make_run("running")
    WorkflowExecution.objects.update(heartbeat_at=timezone.now() - timedelta(hours=1))
    assert f"Run {running.execution_id}: gone" in staff.get(LIST).content.decode()
    assert "(gone: no sign of life for 60 min; the next run takes over)" in ask(staff, what="run")[1]


def test_schedules_and_queue_can_be_looked_into(admin_client):
    Schedule.objects.create(name="Hourly pipeline run", func="pipeline.tasks.hourly_run", next_run=timezone.now())
    ask(admin_client, what="run")
    links = admin_client.get(LIST).content.decode()
    for model, shown in (("schedule", "Hourly pipeline run"), ("ormq", "run_pipeline"), ("failure", "0 ")):
        address = reverse(f"admin:django_q_{model}_changelist")
        assert f'href="{address}"' in links
        assert shown in admin_client.get(address).content.decode()
    (task,) = OrmQ.objects.all()
    assert admin_client.get(reverse("admin:django_q_ormq_change", args=[task.pk])).status_code == 200
