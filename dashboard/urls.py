"""Addresses of the pages."""

from django.urls import URLPattern, path

from dashboard.views import home, platform

app_name = "dashboard"
urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("favicon.ico", platform.favicon, name="favicon"),
    path("healthz", platform.healthz, name="healthz"),
    path("readyz", platform.readyz, name="readyz"),
]
