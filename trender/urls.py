"""Addresses: the admin, then each app's own list."""

from django.contrib import admin
from django.urls import include, path

admin.autodiscover()

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("marketing.urls")),
    path("", include("dashboard.urls")),
]

handler500 = "dashboard.api.answers.server_error"
