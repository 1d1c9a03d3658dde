"""Addresses of the marketing pages."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, path, re_path

from marketing.views import blog, blueprints, cards, exports, hub, lint, platforms, staff_exports, stories, widgets

app_name = "marketing"
urlpatterns: list[URLPattern | URLResolver] = [
    path("for-marketing/", hub.hub, name="hub"),
    path("render/lint/", lint.lint, name="lint"),
    path("for-marketing/claims.json", hub.claims_json, name="claims"),
    path("for-marketing/widgets/", widgets.widgets, name="widgets"),
    path("for-marketing/blueprints/", blueprints.blueprints, name="blueprints"),
    path("for-marketing/platforms/", platforms.platforms, name="platforms"),
    path("for-marketing/exports/", exports.exports, name="exports"),
    re_path(r"^for-marketing/exports/(?P<name>[a-z]+)\.(?P<form>csv|json|xlsx)$", exports.download, name="export"),
    re_path(
        r"^for-marketing/exports/staff/(?P<name>[a-z]+)\.(?P<form>csv|json|xlsx)$",
        admin.site.admin_view(staff_exports.staff_download),
        name="staff_export",
    ),
    path("for-marketing/cards/", cards.cards, name="cards"),
    path("for-marketing/cards/<owner>/<name>/", cards.repo_cards, name="repo-cards"),
    re_path(
        r"^for-marketing/card/(?P<owner>[^/]+)/(?P<name>[^/]+)/(?P<shape>wide|square)-(?P<theme>light|dark)\.png$",
        cards.card_png,
        name="card",
    ),
    path("for-marketing/asset/<int:asset_id>.png", cards.asset_png, name="asset"),
    path("for-marketing/stories/", stories.stories, name="stories"),
    path("for-marketing/blog/", blog.blog, name="blog"),
    re_path(r"^for-marketing/blog/(?P<year>[12][0-9]{3})-(?P<number>0[1-9]|1[0-2])/$", blog.month, name="blog-month"),
    re_path(
        r"^for-marketing/blog/(?P<year>[12][0-9]{3})-(?P<number>0[1-9]|1[0-2])\.md$", blog.markdown, name="blog-file"
    ),
]
