"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, path, re_path

from dashboard import exports, feeds
from dashboard.api.urls import urls as api_urls
from dashboard.views import badge, compare, embed, home, language, meta, metrics, og, platform, render, repo

app_name = "dashboard"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("badge/<owner>/<name>.svg", badge.badge, name="badge"),
    path("badge/<owner>/<name>.json", badge.badge_json, name="badge_json"),
    path("embed/top/", embed.embed_top, name="embed_top"),
    path("embed/<owner>/<name>/", embed.embed, name="embed"),
    path("og/<page>.png", og.og, name="og"),
    path("og/repo/<owner>/<name>.png", og.og_repo, name="og_repo"),
    path("compare/", compare.compare, name="compare"),
    path("favicon.ico", platform.favicon, name="favicon"),
    path("repo/<owner>/<name>/", repo.repo, name="repo"),
    path("repo/<owner>/<name>/payload/<kind>-<int:raw_id>.json", repo.payload, name="payload"),
    path("render/", render.render, name="render"),
    path("language/<slug>/", language.language, name="language"),
    path("meta/", meta.meta, name="meta"),
    path("meta/progress.json", meta.progress_json, name="progress"),
    path("healthz", platform.healthz, name="healthz"),
    path("readyz", platform.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/v1/", api_urls),
    path("feeds/trending.atom", feeds.trending, name="feed-trending"),
    re_path(r"^export/(?P<name>[a-z]+)\.(?P<form>csv|json)$", exports.table, name="export"),
    re_path(
        r"^export/history/(?P<owner>[^/]+)/(?P<name>[^/]+)\.(?P<form>csv|json)$",
        exports.history,
        name="export-history",
    ),
]
