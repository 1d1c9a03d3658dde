"""What surrounds every page: headers, error pages, and what the app may import."""

import ast
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template
from django.test import RequestFactory
from django.urls import path
from django.views.defaults import server_error

from trender.csp import security_headers
from trender.urls import urlpatterns as real_addresses

APP = Path(__file__).resolve().parent.parent
ROOT = APP.parent


def failing_view(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [*real_addresses, path("fails", failing_view)]


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/healthz", "/readyz", "/nowhere", "/admin/login/"])
def test_every_answer_has_the_security_headers(client, address):
    headers = client.get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"


def test_a_view_may_bring_its_own_policy():
    own = {"Content-Security-Policy": "frame-ancestors *"}
    answer = security_headers(lambda request: HttpResponse(headers=own))(RequestFactory().get("/"))
    assert answer["Content-Security-Policy"] == "frame-ancestors *"


def test_an_unknown_address_gets_a_page_of_its_own(client):
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert "There is no page at this address" in response.content.decode()


def test_a_hostile_address_is_not_repeated(client):
    assert "alert" not in client.get("/<script>alert(1)</script>").content.decode()


def test_the_error_page_needs_no_context():
    source = (ROOT / "templates" / "500.html").read_text(encoding="utf-8")
    assert "{%" not in source
    assert "{{" not in source
    assert "Something went wrong" in get_template("500.html").render()
    assert server_error(RequestFactory().get("/")).status_code == 500


@pytest.mark.urls("dashboard.tests.test_frame")
def test_an_error_is_answered_with_the_error_page_and_the_headers(client):
    client.raise_request_exception = False
    response = client.get("/fails")
    assert response.status_code == 500
    assert "Something went wrong" in response.content.decode()
    assert "Content-Security-Policy" in response.headers


def test_templates_hold_no_inline_style_or_script():
    for template in (ROOT / "templates").rglob("*.html"):
        source = template.read_text(encoding="utf-8").lower()
        for forbidden in ("<style", "<script>", " style=", " onclick=", " onload=", "https://", "http://"):
            assert forbidden not in source, f"{template.name}: {forbidden}"


def test_the_dashboard_knows_only_the_analytics_and_runs_models():
    allowed = {"pipeline.models.analytics", "pipeline.models.runs"}
    for file in APP.rglob("*.py"):
        if "tests" not in file.parts:
            assert {name for name in imports(file) if name.startswith(("pipeline", "marketing"))} <= allowed, file.name


def imports(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
