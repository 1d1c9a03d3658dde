"""The page that looks a pasted render.yaml over: a form, an answer, and nothing kept."""

import logging

import pytest
from django.apps import apps
from django.test import Client
from django.views.debug import ExceptionReporter

from marketing.linting.example import EXAMPLE
from marketing.tests.lint_cases import services, variables, web
from marketing.views import lint
from marketing.views.lint import MOST_BODY_BYTES, TOO_LONG

PAGE = "/render/lint/"
HOSTILE = "</textarea><script>alert(1)</script>\u202e\U0001f389 שלום 名前 `<b>` {{ 7|add:7 }}"

pytestmark = pytest.mark.django_db


def posted(client: Client, text: str, **fields: str):
    return client.post(PAGE, {"text": text} | fields)


def body(response) -> str:
    return response.content.decode()


def test_the_form_is_empty_at_first(client):
    response = client.get(PAGE)
    assert response.status_code == 200
    assert 'autocomplete="off"' in body(response)
    assert "</textarea>" in body(response)
    assert "Findings" not in body(response)


def test_the_example_is_filled_in_on_request_and_looked_over_only_when_sent(client):
    response = client.get(PAGE, {"example": "1"})
    assert "shop-web" in body(response)
    assert "Findings" not in body(response)


@pytest.mark.parametrize("query", ["?example=2", "?example=", "?other=1", "?example=%00"])
def test_another_query_is_an_empty_form(client, query):
    response = client.get(PAGE + query)
    assert response.status_code == 200
    assert "shop-web" not in body(response)


def test_the_answer_is_on_the_same_page_and_names_the_file(client):
    response = posted(client, EXAMPLE, name="our shop")
    assert response.status_code == 200
    assert "of <bdi>our shop</bdi>" in body(response)
    for words in ("line 44", "services[2].schedule", "Postgres, not in this file", "shop-shared", "7.5"):
        assert words in body(response)


def test_documentation_is_linked_as_leading_away(client):
    assert '<a href="https://render.com/docs/cronjobs" rel="external noopener noreferrer">' in body(
        posted(client, EXAMPLE)
    )


def test_the_text_stays_in_the_form(client):
    assert "autoDeploy: true\n    buildCommand" in body(posted(client, EXAMPLE)).replace("\r\n", "\n")


def test_a_first_line_that_is_empty_is_kept(client):
    assert ">\n\n# two" in body(posted(client, "\n# two")).replace("\r\n", "\n")


def test_a_file_without_a_fault_is_told_so(client):
    assert "None. Every rule of this page holds for the file." in body(posted(client, web()))


def test_a_syntax_error_is_shown_with_line_and_column(client):
    response = posted(client, "services:\r\n\t- type: web")
    assert "line 2, column 1" in body(response)
    assert "What it declares" not in body(response)


@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_nothing_may_store_the_answer(client, method):
    response = getattr(client, method)(PAGE, {"text": EXAMPLE})
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)(PAGE).status_code == 405


def test_a_post_without_a_token_is_refused():
    strict = Client(enforce_csrf_checks=True)
    assert posted(strict, EXAMPLE).status_code == 403


def test_a_post_with_the_pages_token_is_answered():
    strict = Client(enforce_csrf_checks=True)
    strict.get(PAGE)
    token = strict.cookies["csrftoken"].value
    assert posted(strict, EXAMPLE, csrfmiddlewaretoken=token).status_code == 200


def test_an_empty_text_is_asked_for(client):
    response = posted(client, "")
    assert response.status_code == 400
    assert "Paste the text of a render.yaml first." in body(response)
    assert 'aria-invalid="true"' in body(response)


def test_a_text_of_the_largest_size_is_looked_at_and_one_more_byte_is_not(client):
    room = 256 * 1024 - len("services: []\n#")
    assert "declares no service" in body(posted(client, "services: []\n#" + "é" * (room // 2)))
    response = posted(client, "services: []\n#" + "é" * (room // 2 + 1))
    assert response.status_code == 400
    assert TOO_LONG in body(response)


def test_line_ends_of_a_browser_do_not_count_twice(client):
    assert TOO_LONG not in body(posted(client, "#\r\n" * (128 * 1024)))


def test_a_body_beyond_any_reason_is_refused_before_it_is_read(client):
    response = posted(client, "a" * (MOST_BODY_BYTES + 1))
    assert response.status_code == 413
    assert TOO_LONG in body(response)
    assert response.headers["Cache-Control"] == "no-store"
    assert "aaaa" not in body(response)


def test_a_length_that_is_no_number_does_no_harm(client):
    assert client.get(PAGE, CONTENT_LENGTH="many").status_code == 200


def test_a_name_that_is_too_long_is_told_so(client):
    assert posted(client, EXAMPLE, name="n" * 201).status_code == 400


@pytest.mark.parametrize(
    "text",
    [
        services(f"type: web\nname: '{HOSTILE}'\nruntime: '{HOSTILE}'\n'{HOSTILE}': 1"),
        variables(f"key: '{HOSTILE}'\nfromService: {{name: '{HOSTILE}', type: '{HOSTILE}'}}"),
        f"databases: [{{name: '{HOSTILE}', plan: '{HOSTILE}'}}]\nenvVarGroups: [{{name: '{HOSTILE}'}}]",
        HOSTILE,
        "a: *<script>alert(1)</script>",
    ],
)
def test_what_the_text_says_is_shown_and_never_run(client, text):
    answer = body(posted(client, text, name=HOSTILE))
    assert "<script>alert" not in answer
    assert "<b>" not in answer
    assert "{{ 7|add:7 }}" in answer  # as it was written, in the form and in the heading


@pytest.mark.parametrize("text", ["\x00", "services:\x00 []", "\ud800", "\u2028\u2029\x85", "\ufeff"])
def test_odd_characters_are_answered(client, text):
    response = client.post(PAGE, {"text": text.encode("utf-8", "surrogatepass")})
    assert response.status_code in {200, 400}


def test_a_text_of_invalid_bytes_is_answered(client):
    response = client.post(PAGE, b"text=%ff%fe%00", content_type="application/x-www-form-urlencoded")
    assert response.status_code in {200, 400}


def test_nothing_is_stored_and_no_query_is_made(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        posted(client, EXAMPLE)
    assert not any(model._default_manager.exists() for model in apps.get_app_config("marketing").get_models())


def test_nothing_of_the_text_is_logged(client, caplog):
    with caplog.at_level(logging.DEBUG):
        posted(client, variables("key: API_TOKEN\nvalue: tell-nobody"), name="tell-nobody")
        posted(client, "tell-nobody: *tell-nobody")
        posted(client, "tell-nobody" * 200_000)
    assert "tell-nobody" not in caplog.text


def test_the_value_of_a_secret_stands_in_the_form_only(client):
    answer = body(posted(client, variables("{key: API_TOKEN, value: tell-nobody, odd: 1}")))
    assert answer.count("tell-nobody") == 1
    assert answer.index("<textarea") < answer.index("tell-nobody") < answer.index("</textarea>")


def test_a_crash_does_not_report_the_text(client, monkeypatch, caplog):
    def broken(text):
        raise RuntimeError("it broke")

    monkeypatch.setattr(lint, "looked_over", broken)
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR):
        response = posted(client, "tell-nobody: 1")
    (record,) = [one for one in caplog.records if one.name == "django.request"]
    report = ExceptionReporter(record.request, *record.exc_info).get_traceback_text()
    assert response.status_code == 500
    assert "it broke" in report
    assert "tell-nobody" not in report + body(response) + caplog.text


def test_the_page_is_reached_from_the_ecosystem(client):
    assert f'href="{PAGE}"' in body(client.get("/render/"))
