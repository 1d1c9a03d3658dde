"""The pages of the site over a made-up warehouse, for tests that hold of every one of them."""

from datetime import timedelta

from django.utils import timezone

from pipeline.bench.year import fill
from pipeline.models import RenderShowcase, TrendingRepo

PAGES = ("home", "cards", "search", "past", "render", "language", "repo", "render_repo", "meta", "compare", "docs")


def fill_warehouse(repositories: int = 60, days: int = 40) -> dict[str, str]:
    """Fill the empty database and return {page: address}."""
    fill(repositories, days, timezone.now())
    plain = (
        TrendingRepo.objects.filter(uses_render=False).order_by("rank_overall").values_list("repo_full_name", flat=True)
    )
    project = RenderShowcase.objects.filter(service_count__gt=1).order_by("rank_overall").first()
    past = timezone.now().date() - timedelta(days=10)
    return {
        "home": "/",
        "cards": "/?view=cards&window=30d&sort=gain",
        "search": "/?q=nothing-is-called-this",
        "past": f"/?at={past}",
        "render": "/render/",
        "language": "/language/python/",
        "repo": f"/repo/{plain[0]}/",
        "render_repo": f"/repo/{project.repo_full_name}/",
        "meta": "/meta/",
        "compare": f"/compare/?repos={plain[0]},{plain[1]}",
        "docs": "/api/v1/docs",
    }
