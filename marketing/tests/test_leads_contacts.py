"""An owner's public profile: which fields are kept, how they are cleaned, and through which door they come."""

from datetime import UTC, datetime

import pytest
import responses

from dashboard.tests.builders import a_project, a_published_run
from marketing.contacts import is_due, newest_contacts, profile
from marketing.leads import find_leads
from marketing.models import SuccessStoryLead

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
READ = {"read_at": NOW.isoformat(), "asked_at": NOW.isoformat()}
ACCOUNT = {
    "login": "octo",
    "id": 1,
    "type": "Organization",
    "name": "Octo",
    "company": "@octo",
    "blog": "https://octo.example/",
    "location": "Lisbon",
    "email": "hello@octo.example",
    "twitter_username": "octo_dev",
    "html_url": "https://github.com/octo",
    "bio": "left out",
    "followers": 3,
}


def test_only_the_public_fields_that_help_to_get_in_touch_are_kept():
    assert profile(ACCOUNT, "octo", NOW) == {
        "login": "octo",
        "type": "Organization",
        "name": "Octo",
        "company": "@octo",
        "blog": "https://octo.example/",
        "location": "Lisbon",
        "email": "hello@octo.example",
        "twitter_username": "octo_dev",
        "html_url": "https://github.com/octo",
        **READ,
    }


@pytest.mark.parametrize("answer", [None, [], "text", {}, dict.fromkeys(ACCOUNT), dict.fromkeys(ACCOUNT, 7)])
def test_what_is_unknown_is_left_out(answer):
    assert profile(answer, "octo", NOW) == {"login": "octo", **READ}


@pytest.mark.parametrize(
    "blog",
    [
        "",
        "octo.example",
        "javascript:alert(1)",
        "mailto:octo@octo.example",
        "ftp://octo.example",
        "https://",
        "https://user:password@octo.example/",
        "https://octo.example/a b",
        "https://octo.example/\n",
        "https://octo.example/\u202e",
        "https://[octo",
        "https://octo.example/" + "x" * 600,
    ],
)
def test_an_address_that_is_not_one_of_the_web_is_left_out(blog):
    kept = profile({"blog": blog}, "octo", NOW).get("blog", "")
    assert kept in ("", "https://octo.example/")


@pytest.mark.parametrize("email", ["octo", "octo@", "a@b, c@d", "Octo <octo@octo.example>", "a" * 300 + "@b", "o\0@b"])
def test_what_is_no_e_mail_address_is_left_out(email):
    assert "email" not in profile({"email": email}, "octo", NOW)


@pytest.mark.parametrize("handle", ["@octo", "octo/../x", "a" * 40, "óc", ""])
def test_what_is_no_handle_is_left_out(handle):
    assert "twitter_username" not in profile({"twitter_username": handle}, "octo", NOW)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),  # text; whoever shows it escapes it
        ("O\0c\nt\to \u202eevil", "Oc t o evil"),
        ("x" * 300, "x" * 199 + "…"),
        ("أوكتو 工具 😀", "أوكتو 工具 😀"),
    ],
)
def test_texts_are_cleaned_and_cut(name, kept):
    assert profile({"name": name}, "octo", NOW)["name"] == kept


@pytest.mark.parametrize("asked_at", [None, "", "yesterday", "2026-11-20", 7])
def test_a_moment_that_cannot_be_read_is_none(asked_at):
    assert is_due("octo", {"asked_at": asked_at}, NOW)


@pytest.mark.parametrize("owner", ["", "../orgs", "octo/x", "o" * 200, "óc"])
def test_what_names_no_account_is_never_asked_for(owner):
    assert not is_due(owner, {}, NOW)


def test_of_several_contacts_of_an_owner_the_newest_counts_and_none_of_another():
    pairs = [
        ("Octo", {"login": "octo", "asked_at": "2026-11-02T00:00:00+00:00", "name": "new"}),
        ("octo", {"login": "octo", "asked_at": "2026-11-01T00:00:00+00:00", "name": "old"}),
        ("octo", {"login": "other", "asked_at": "2026-11-03T00:00:00+00:00"}),
    ]
    assert {login: contact["name"] for login, contact in newest_contacts(pairs).items()} == {"octo": "new"}


# -- Through the door ------------------------------------------------------------------------------------------


@pytest.mark.django_db
@responses.activate
def test_one_request_goes_to_githubs_users(settings):
    settings.GITHUB_TOKENS, settings.GITHUB_API_BASE_URL = ("ghp_secret_token",), "https://api.github.com"
    responses.get("https://api.github.com/users/octo", json=ACCOUNT)
    a_project(a_published_run(execution_date=NOW), "octo/one", stars=200, weeks_gaining=9, stars_gained_30d=30)
    assert find_leads(NOW).endswith("1 profile read.")
    assert len(responses.calls) == 1
    assert SuccessStoryLead.objects.get().contact["email"] == "hello@octo.example"


@pytest.mark.django_db
@responses.activate
def test_a_refused_token_is_noted_without_being_shown(settings):
    settings.GITHUB_TOKENS, settings.GITHUB_API_BASE_URL = ("ghp_secret_token",), "https://api.github.com"
    responses.get("https://api.github.com/users/octo", json={"message": "Bad credentials ghp_secret_token"}, status=401)
    a_project(a_published_run(execution_date=NOW), "octo/one", stars=200, weeks_gaining=9, stars_gained_30d=30)
    told = find_leads(NOW)
    contact = SuccessStoryLead.objects.get().contact
    assert "GitHub refused the token" in contact["problem"]
    assert "ghp_secret" not in told + str(contact)


@pytest.mark.django_db
def test_made_up_owners_are_asked_for_at_the_embedded_github():
    run = a_published_run(execution_date=NOW, is_demo=True)
    a_project(run, "demo--render/one", stars=700, star_velocity=60)
    a_project(run, "demo--employee-one/two", stars=700, star_velocity=60)
    a_project(run, "demo--nobody/three", stars=700, star_velocity=60)
    told = find_leads(NOW)
    assert told.endswith("2 profiles read. 1 profile could not be read: demo--nobody: 404: Not Found.")
    kinds = dict(SuccessStoryLead.objects.values_list("repo_full_name", "contact__type"))
    assert kinds["demo--render/one"] == "Organization"
    found = SuccessStoryLead.objects.get(repo_full_name="demo--employee-one/two").contact
    assert found["email"] == "demo--employee-one@demo.invalid"
