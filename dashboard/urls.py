"""Addresses of the pages."""

from django.urls import URLPattern, path

from dashboard import views

app_name = "dashboard"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
