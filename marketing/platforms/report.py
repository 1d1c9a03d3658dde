"""The words of a report. Pure: figures in, plain sentences out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from marketing.platforms.catalog import Platform

MEASURES = ("config_files", "readme_mentions", "stars")
NAMES = {"config_files": "config files", "readme_mentions": "README mentions", "stars": "stars"}

COUNTED = (
    "Config files: files of that name in the root of a public repository's default branch, one a repository, as "
    "GitHub's code search counts them.",
    "README mentions: public repositories whose README has the platform's domain, as GitHub's repository search "
    "counts them. A mention is no use: it may be a comparison, a sponsor or a link.",
    "Stars: those of the most starred repositories among the README mentions, one page of at most 100, added up. They "
    "are not the stars of all.",
)
NOT_COUNTED = (
    "Private repositories, forks with fewer stars than their parent, files in sub-folders and on other branches, files "
    "over 384 KB.",
    "Projects that are set up in a platform's dashboard and have no config file. Not every platform needs a file, so "
    "figures of different platforms compare only roughly.",
    "Customers, deploys and traffic: a file says that somebody once wrote it, not that something runs.",
    "Exact numbers: GitHub estimates large counts, and they move by themselves between two requests.",
)
MADE_UP = "These figures are of made-up repositories and say nothing about any platform."


@dataclass(frozen=True, slots=True)
class Figures:
    """One platform's figures of one day; None is unknown, and `problems` says why, by measure.

    `summed` is the number of repositories whose stars are added up.
    """

    platform: Platform
    day: date
    config_files: int | None = None
    readme_mentions: int | None = None
    stars: int | None = None
    summed: int | None = None
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.platform.name

    @property
    def unknown(self) -> list[str]:
        """The names of what is unknown."""
        return [NAMES[measure] for measure in MEASURES if getattr(self, measure) is None]

    def change(self, measure: str, before: "Figures | None") -> int | None:
        """How much more than in the report before; None where either is unknown."""
        now, then = getattr(self, measure), getattr(before, measure, None)
        return None if now is None or then is None else int(now - then)


def platform_text(now: Figures, before: Figures | None) -> str:
    """One platform's paragraph: what was counted, and how it changed since the report `before`."""
    return " ".join([f"{now.name}:", _files(now, before), _mentions(now, before), _stars(now, before)]).strip()


def _files(now: Figures, before: Figures | None) -> str:
    if now.config_files is None:
        return f"the number of files called {now.platform.file} is unknown. {_why(now, 'config_files')}".rstrip()
    repositories = _repositories(now.config_files)
    verb = "has" if now.config_files == 1 else "have"
    return f"{repositories} {verb} a {now.platform.file} in the root{_since(now, before, 'config_files')}."


def _mentions(now: Figures, before: Figures | None) -> str:
    if now.readme_mentions is None:
        words = f"How many repositories have {now.platform.domain} in their README is unknown."
        return f"{words} {_why(now, 'readme_mentions')}".rstrip()
    verb, whose = ("has", "its") if now.readme_mentions == 1 else ("have", "their")
    change = _since(now, before, "readme_mentions")
    return f"{_repositories(now.readme_mentions)} {verb} {now.platform.domain} in {whose} README{change}."


def _stars(now: Figures, before: Figures | None) -> str:
    """Nothing where the mentions themselves are unknown: their sentence says why."""
    if now.readme_mentions is None or now.summed == 0:
        return ""
    if now.stars is None or now.summed is None:
        return "Their stars are unknown."
    whose = f"The {now.summed:,} most starred of these have"
    if now.summed == now.readme_mentions:
        whose = "It has" if now.summed == 1 else "Together they have"
    return f"{whose} {now.stars:,} {'star' if now.stars == 1 else 'stars'}{_since(now, before, 'stars')}."


def _repositories(number: int) -> str:
    return f"{number:,} public {'repository' if number == 1 else 'repositories'}"


def _since(now: Figures, before: Figures | None, measure: str) -> str:
    """ " (+12 since 2026-11-14)"; nothing in a first report."""
    if before is None:
        return ""
    change = now.change(measure, before)
    if change is None:
        return f" (the change since {before.day} is unknown)"
    return f" ({f'{change:+,}' if change else 'unchanged'} since {before.day})"


def _why(now: Figures, measure: str) -> str:
    return now.problems.get(measure, "")


def whole_report(day: date, paragraphs: Sequence[str], platforms: Sequence[Platform], *, is_demo: bool) -> str:
    """The report of a day as plain text: the platforms' paragraphs, what was counted and what was not."""
    head = f"Hosting platforms on GitHub, {day}"
    own = [f"{platform.name}: {platform.not_counted}" for platform in platforms]
    return "\n\n".join(
        [
            *([head, MADE_UP] if is_demo else [head]),
            *paragraphs,
            "\n".join(["What is counted:", *(f"- {line}" for line in COUNTED)]),
            "\n".join(["What is not counted:", *(f"- {line}" for line in (*NOT_COUNTED, *own))]),
        ]
    )
