"""Finding leads: what a run writes, what it leaves to people, and whom it asks GitHub about."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from dashboard.tests.builders import a_project, a_published_run, a_repo
from marketing import contacts, leads
from marketing.leads import find_leads
from marketing.models import SuccessStoryLead
from pipeline.github.errors import BudgetExhausted, ConnectionTrouble, NotFound, RateLimited
from pipeline.models import RepositoryDim, RepoSnapshot

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
WEEK = timedelta(days=7)
FAST = {"stars": 600, "star_velocity": Decimal(60)}
STEADY = {"stars": 200, "weeks_gaining": 9, "stars_gained_30d": 30, "star_velocity": Decimal(5)}
PERSON = {"login": "octo", "type": "User", "html_url": "https://github.com/octo", "email": "octo@example.com"}

pytestmark = pytest.mark.django_db


class GitHub:
    """A door that answers as it is told: {login: account or error}; keeps what it was asked."""

    def __init__(self):
        self.answers, self.asked, self.opened = {}, [], 0

    def __call__(self, now):
        self.opened += 1
        return self

    def __enter__(self):
        return self

    def __exit__(self, *trouble):
        return None

    def get(self, path):
        login = path.removeprefix("/users/")
        self.asked.append(login)
        answer = self.answers.get(login, PERSON | {"login": login})
        if isinstance(answer, Exception):
            raise answer
        return type("Answer", (), {"data": answer})


@pytest.fixture(autouse=True)
def github(monkeypatch):
    door = GitHub()
    monkeypatch.setattr(contacts, "open_github", door)
    return door


@pytest.fixture
def run():
    return a_published_run(execution_date=NOW)


def lead(**given):
    return SuccessStoryLead.objects.get(**given)


# -- Who -------------------------------------------------------------------------------------------------------


def test_each_rule_finds_its_own(run):
    a_project(run, "octo/fast", **FAST)
    a_project(run, "octo/steady", **STEADY)
    a_project(run, "octo/neither", stars=50)
    a_repo(run, "octo/elsewhere", **FAST)
    assert find_leads(NOW).startswith("2 leads, 2 of them new: 1 by fast growth and 1 by steady growth.")
    found = set(SuccessStoryLead.objects.values_list("repo_full_name", "rule", "status"))
    assert found == {("octo/fast", "fast_growth", "new"), ("octo/steady", "steady_growth", "new")}


def test_a_repository_that_meets_both_rules_is_a_lead_by_each(run):
    a_project(run, "octo/both", **STEADY | FAST | {"stars_gained_30d": 400})
    find_leads(NOW)
    assert SuccessStoryLead.objects.filter(repo_full_name="octo/both").count() == 2


def test_the_thresholds_are_settings(run, settings):
    a_project(run, "octo/small", stars=20, star_velocity=Decimal(3))
    settings.TRENDER_LEAD_STARS, settings.TRENDER_LEAD_VELOCITY = 20, 3
    find_leads(NOW)
    assert lead().rule == "fast_growth"


def test_a_lead_holds_its_numbers_the_run_and_a_story_with_its_source(run, settings):
    settings.TRENDER_BASE_URL = "https://trender.example"
    a_project(run, "octo/steady", **STEADY)
    find_leads(NOW)
    found = lead()
    assert (found.stars, found.star_velocity, found.execution_id) == (200, Decimal(5), run.pk)
    assert found.story.endswith(f"run {run.pk}, https://trender.example/repo/octo/steady/?at=2026-11-21")
    assert "declares 1 service: web 1" in found.story


def test_without_a_published_run_there_is_nothing_to_find(github):
    assert find_leads(NOW).startswith("0 leads, 0 of them new")
    assert github.opened == 0


# -- Again -----------------------------------------------------------------------------------------------------


def test_the_same_again_makes_no_second_lead(run):
    a_project(run, "octo/steady", **STEADY)
    find_leads(NOW)
    assert find_leads(NOW + timedelta(hours=1)).startswith("1 lead, 0 of them new")
    assert lead().found_at == NOW
    assert lead().updated_at == NOW + timedelta(hours=1)


def test_a_later_run_renews_numbers_name_and_story_and_leaves_status_and_notes_to_people(run):
    row = a_project(run, "octo/steady", **STEADY)
    find_leads(NOW)
    SuccessStoryLead.objects.update(status="agreed", notes="Wrote on Monday.")
    later = a_published_run(execution_date=NOW + timedelta(days=1))
    RepositoryDim.objects.filter(pk=row.repo_id).update(repo_full_name="octo/renamed")
    RepoSnapshot.objects.filter(pk=row.pk).update(stars=260, star_velocity=Decimal(7), execution=later)
    find_leads(NOW + timedelta(days=1))
    found = lead()
    assert (found.status, found.notes, found.found_at) == ("agreed", "Wrote on Monday.", NOW)
    assert (found.repo_full_name, found.stars, found.star_velocity) == ("octo/renamed", 260, Decimal(7))
    assert found.execution_id == later.pk
    assert "octo/renamed" in found.story


def test_a_lead_that_no_rule_finds_any_more_stays_as_it_was(run):
    row = a_project(run, "octo/steady", **STEADY)
    find_leads(NOW)
    SuccessStoryLead.objects.update(status="contacted", notes="Asked.")
    before = SuccessStoryLead.objects.values().get()
    RepoSnapshot.objects.filter(pk=row.pk).update(weeks_gaining=0)
    assert find_leads(NOW + WEEK).startswith("0 leads")
    assert SuccessStoryLead.objects.values().get() == before


def test_leads_are_stored_even_where_the_profiles_fail_altogether(run, monkeypatch):
    a_project(run, "octo/steady", **STEADY)
    monkeypatch.setattr(leads, "read_contacts", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        find_leads(NOW)
    assert lead().repo_full_name == "octo/steady"


def test_the_number_of_queries_does_not_grow_with_the_leads(run, django_assert_max_num_queries):
    for number in range(30):
        a_project(run, f"octo/steady-{number}", **STEADY)
    find_leads(NOW)
    with django_assert_max_num_queries(12):
        find_leads(NOW)


# -- Contacts --------------------------------------------------------------------------------------------------


def test_the_profile_of_an_owner_is_read_once_for_all_of_its_leads(run, github):
    a_project(run, "octo/one", **STEADY)
    a_project(run, "octo/two", **STEADY)
    assert find_leads(NOW).endswith("1 profile read.")
    assert github.asked == ["octo"]
    for found in SuccessStoryLead.objects.all():
        assert found.contact == PERSON | {"read_at": NOW.isoformat(), "asked_at": NOW.isoformat()}


@pytest.mark.parametrize(("later", "times"), [(WEEK - timedelta(seconds=1), 1), (WEEK, 2)])
def test_a_profile_is_asked_for_once_a_week_at_most(run, github, later, times):
    a_project(run, "octo/one", **STEADY)
    find_leads(NOW)
    find_leads(NOW + later)
    assert len(github.asked) == times


def test_a_new_lead_of_a_known_owner_takes_over_the_profile_that_is_there(run, github):
    a_project(run, "octo/one", **STEADY)
    find_leads(NOW)
    a_project(run, "Octo/two", **STEADY)
    find_leads(NOW + timedelta(days=1))
    assert github.asked == ["octo"]
    assert lead(repo_full_name="Octo/two").contact["email"] == "octo@example.com"


def test_nobody_is_asked_about_a_lead_that_a_person_has_taken_up(run, github):
    a_project(run, "octo/one", **STEADY)
    find_leads(NOW)
    SuccessStoryLead.objects.update(status="contacted")
    find_leads(NOW + WEEK)
    assert (github.asked, github.opened) == (["octo"], 1)


def test_a_profile_that_a_lead_taken_up_already_holds_is_not_asked_for_again(run, github):
    a_project(run, "octo/one", **STEADY)
    find_leads(NOW)
    SuccessStoryLead.objects.update(status="contacted")
    a_project(run, "octo/two", **STEADY)
    find_leads(NOW + timedelta(days=1))
    assert github.asked == ["octo"]
    assert lead(repo_full_name="octo/two").contact["email"] == "octo@example.com"


def test_a_repository_that_changed_hands_has_its_new_owner_read(run, github):
    row = a_project(run, "octo/one", **STEADY)
    find_leads(NOW)
    RepositoryDim.objects.filter(pk=row.repo_id).update(repo_full_name="hubber/one")
    find_leads(NOW + timedelta(days=1))
    assert github.asked == ["octo", "hubber"]
    assert lead().contact["login"] == "hubber"


def test_an_error_costs_its_own_lead_and_is_noted_there(run, github):
    github.answers["gone"] = NotFound("404: Not Found", status=404)
    a_project(run, "gone/one", **STEADY | {"stars": 300})
    a_project(run, "octo/two", **STEADY)
    told = find_leads(NOW)
    assert told.endswith("1 profile read. 1 profile could not be read: gone: 404: Not Found.")
    noted = lead(repo_full_name="gone/one").contact
    assert (noted["login"], noted["problem"]) == ("gone", "404: Not Found")
    assert lead(repo_full_name="octo/two").contact["email"] == "octo@example.com"


@pytest.mark.parametrize(
    ("error", "times"), [(NotFound("404: Not Found"), 1), (ConnectionTrouble("no answer from api.github.com"), 2)]
)
def test_a_trouble_that_may_pass_is_no_answer_for_the_week(run, github, error, times):
    github.answers["octo"] = error
    a_project(run, "octo/one", **STEADY)
    find_leads(NOW)
    find_leads(NOW + timedelta(hours=1))
    assert len(github.asked) == times


def test_what_was_read_before_stays_beside_a_later_error(run, github):
    a_project(run, "octo/one", **STEADY)
    find_leads(NOW)
    github.answers["octo"] = NotFound("404: Not Found")
    find_leads(NOW + WEEK)
    contact = lead().contact
    assert (contact["email"], contact["problem"]) == ("octo@example.com", "404: Not Found")
    github.answers.clear()
    find_leads(NOW + 2 * WEEK)
    assert "problem" not in lead().contact


@pytest.mark.parametrize(
    "error", [RateLimited("403: rate limit", wait=60.0, secondary=True), BudgetExhausted("too little is left")]
)
def test_a_limit_ends_the_asking(run, github, error):
    for name in ("one", "two", "three"):
        github.answers[name] = error
        a_project(run, f"{name}/repo", **STEADY)
    assert find_leads(NOW).endswith("2 profiles left for the next time.")
    assert len(github.asked) == 1


def test_two_troubles_in_a_row_end_the_asking(run, github):
    for name in ("one", "two", "three"):
        github.answers[name] = ConnectionTrouble("no answer from api.github.com")
        a_project(run, f"{name}/repo", **STEADY)
    find_leads(NOW)
    assert len(github.asked) == 2


def test_no_more_than_twenty_profiles_are_asked_for_at_once_and_the_others_come_first_the_next_time(run, github):
    for number in range(25):
        a_project(run, f"owner-{number}/repo", **STEADY)
    assert "20 profiles read. 5 profiles left for the next time." in find_leads(NOW)
    find_leads(NOW + timedelta(hours=1))
    assert len(github.asked) == len(set(github.asked)) == 25
