"""Made-up repositories for measuring loads: payloads of the shape and size that GitHub sends. Pure, deterministic."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from pipeline.bench.made_up_files import dockerfile, readme
from pipeline.demo.mix import Dice, mix
from pipeline.demo.names import BACK, FRONT, GARDEN, PREFIX
from pipeline.demo.render_files import BLUEPRINTS, render_yaml
from pipeline.demo.rest_bodies import LINKS, owner
from pipeline.demo.sentences import THINGS, TURNS
from pipeline.demo.universe import blob_oid
from pipeline.streams.context import WINDOW, iso

Json = dict[str, Any]

# The moment of the first load; the second is an hour later.
BEGIN = datetime(2026, 11, 21, 10, tzinfo=UTC)
LANGUAGES = {"python": "Python", "typescript": "TypeScript", "go": "Go", "render": "Python"}
STREAMS = tuple(LANGUAGES)
MOST_COMMITS, MOST_ISSUES, WEEKS = 50, 16, 30
WEEK_SECONDS = 604_800
ROOT_FILES = (".editorconfig", ".gitignore", "CONTRIBUTING.md", "LICENSE", "Makefile")
ROOT_FOLDERS = (".github", "docs", "src", "tests")


@dataclass(frozen=True)
class MadeUp:
    """One repository as GitHub would describe it `hour` hours after BEGIN.

    Every third has a render.yaml. From one hour to the next a quarter gains stars, an eighth gets a commit, one in
    fifty another description and one in a hundred another README.
    """

    number: int
    hour: int = 0

    @property
    def now(self) -> datetime:
        return moment(self.hour)

    @property
    def github_id(self) -> int:
        return 700_000_000 + self.number

    @property
    def node_id(self) -> str:
        return f"R_kgDO{self.github_id:08x}"

    @property
    def stream(self) -> str:
        return STREAMS[self.number % len(STREAMS)]

    @property
    def source_type(self) -> str:
        return "render_ecosystem" if self.stream == "render" else "established" if self.number % 4 else "rising"

    @property
    def uses_render(self) -> bool:
        return self.number % 3 == 0

    @property
    def owner(self) -> str:
        return f"{PREFIX}{GARDEN[self.number % len(GARDEN)]}"

    @property
    def name(self) -> str:
        return f"{FRONT[self.number % len(FRONT)]}{BACK[self.number // 7 % len(BACK)]}-{self.number}"

    @property
    def full_name(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def stars(self) -> int:
        most: int = 10 ** (2 + self.number % 4)
        more = self.hour * (3 if self.number % 4 == 1 else 0)
        return most // 4 + mix(self.number, 1) % most + more

    @property
    def pushed_at(self) -> datetime:
        return BEGIN - timedelta(minutes=mix(self.number, 2) % 600) + timedelta(hours=self._new_commits)

    @cached_property
    def files(self) -> dict[str, str]:
        """{name in the root: text}, of the files that are read."""
        edition = self.hour if self.number % 100 == 1 else 0
        texts = {"README.md": readme(self.number, self.name, edition, has_button=self.number % 6 == 0)}
        if self.uses_render:
            language = LANGUAGES[self.stream]
            texts["render.yaml"] = render_yaml(BLUEPRINTS[self.number // 3 % len(BLUEPRINTS)], self.name, language)
        if self.number % 6 == 0:
            texts["Dockerfile"] = dockerfile(self.name)
        return texts

    def search_item(self) -> Json:
        """One item of REST's repository search."""
        base = "https://api.github.com"
        url, page = f"{base}/repos/{self.full_name}", f"https://github.com/{self.full_name}"
        pushed, open_issues = iso(self.pushed_at), mix(self.number, 3) % 400
        return {
            "id": self.github_id,
            "node_id": self.node_id,
            "name": self.name,
            "full_name": self.full_name,
            "private": False,
            "owner": owner(self.owner, "Organization", base),
            "html_url": page,
            "description": self._description(),
            "fork": False,
            "url": url,
            **{field: url + rest for field, rest in LINKS.items()},
            "created_at": iso(BEGIN - timedelta(days=20 + mix(self.number, 4) % 3000)),
            "updated_at": pushed,
            "pushed_at": pushed,
            "clone_url": f"{page}.git",
            "homepage": None,
            "size": mix(self.number, 5) % 90_000,
            "stargazers_count": self.stars,
            "watchers_count": self.stars,
            "language": LANGUAGES[self.stream],
            "forks_count": self.stars // 9,
            "open_issues_count": open_issues,
            "archived": False,
            "disabled": False,
            "license": {"key": "mit", "name": "MIT License", "spdx_id": "MIT", "node_id": "L_mit"},
            "topics": [THINGS["Go"][(self.number + n) % 24][1] for n in range(self.number % 8)],
            "visibility": "public",
            "forks": self.stars // 9,
            "open_issues": open_issues,
            "watchers": self.stars,
            "default_branch": "main",
            "score": 1.0,
        }

    def metrics(self) -> dict[str, Json]:
        """{metric type: data} in the form in which hydration stores it."""
        return {
            "commits": self._connection(self._commits()),
            "issues": self._connection(self._issues()),
            "files": {"tree": self._tree()},
            "star_history": {"stars": self.stars, "weeks": self._weeks()},
        }

    @property
    def _new_commits(self) -> int:
        return self.hour if self.number % 8 == 3 else 0

    def _description(self) -> str:
        turn = TURNS[(self.number + (self.hour if self.number % 50 == 7 else 0)) % len(TURNS)]
        return f"{THINGS['Python'][self.number % 24][0]} {turn}."

    def _connection(self, nodes: list[Json]) -> Json:
        return {"since": iso(self.now - WINDOW), "total": len(nodes), "complete": True, "nodes": nodes}

    def _commits(self) -> list[Json]:
        """The newest first, by up to eight people and a bot."""
        dice = Dice(self.number, 6)
        count = dice.between(0, MOST_COMMITS) + self._new_commits
        made = (self.pushed_at - timedelta(minutes=180 * n) for n in range(count))
        return [
            {"oid": f"{mix(self.number, count - n):040x}", "committedDate": iso(when), "author": _author(dice)}
            for n, when in enumerate(made)
        ]

    def _issues(self) -> list[Json]:
        dice = Dice(self.number, 7)
        return [
            {"number": 5000 - n, "closedAt": iso(BEGIN - timedelta(hours=dice.between(1, 200)))}
            for n in range(dice.between(0, MOST_ISSUES))
        ]

    def _tree(self) -> list[list[str]]:
        entries = [[name, "blob", blob_oid(text)] for name, text in self.files.items()]
        entries += [[name, "blob", blob_oid(f"{name} {self.number}")] for name in ROOT_FILES]
        entries += [[name, "tree", blob_oid(f"{name}/ {self.number}")] for name in ROOT_FOLDERS]
        return sorted(entries)

    def _weeks(self) -> list[Json]:
        """As read in BEGIN's hour: the newest first, days to come as zeros."""
        sunday = int((BEGIN - timedelta(days=BEGIN.isoweekday() % 7)).timestamp()) // 86_400 * 86_400
        past = BEGIN.isoweekday() % 7 + 1
        weeks = []
        for n in range(WEEKS):
            days = [mix(self.number, 8, n, day) % (3 + self.number % 40) for day in range(7)]
            days = days if n else days[:past] + [0] * (7 - past)
            weeks.append({"week": sunday - n * WEEK_SECONDS, "total": sum(days), "days": days})
        return weeks


def moment(hour: int) -> datetime:
    return BEGIN + timedelta(hours=hour)


def _author(dice: Dice) -> Json:
    person = dice.between(0, 8)
    if person == 8:
        name = "dependabot[bot]"
        return {"name": name, "email": f"49699333+{name}@users.noreply.github.com", "user": {"login": name}}
    first, last = FRONT[person], BACK[person]
    user = {"login": f"{PREFIX}{first}-{last}"} if person % 4 else None
    return {"name": f"{first} {last}".title(), "email": f"{first}.{last}@example.invalid", "user": user}
