"""Where a run reads from: the real GitHub as the settings name it, or the embedded one."""

from dataclasses import dataclass

from django.conf import settings

from pipeline.streams.context import RenderOwners


@dataclass(frozen=True, slots=True)
class Source:
    base_url: str
    tokens: tuple[str, ...]
    owners: RenderOwners
    is_demo: bool = False


def github() -> Source:
    return Source(
        settings.GITHUB_API_BASE_URL,
        settings.GITHUB_TOKENS,
        RenderOwners(
            tuple(settings.RENDER_OFFICIAL_ORGS),
            tuple(settings.RENDER_EMPLOYEES),
            tuple(settings.RENDER_OFFICIAL_TOPICS),
        ),
    )
