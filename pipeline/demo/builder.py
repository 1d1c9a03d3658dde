"""Makes whole repositories out of a few decisions, so that the catalogue stays a list of who there is."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.demo.clock import DAY_SECONDS, Moment
from pipeline.demo.files import dockerfile, readme, sources
from pipeline.demo.mix import Dice, text_salt
from pipeline.demo.people import team
from pipeline.demo.repositories import Repository, Timeline
from pipeline.demo.stars import STEADY, Pace, StarLife
from pipeline.demo.work import Work


@dataclass
class Plan:
    """What is decided about a repository; the rest follows from its name.

    `age` is in days before the anchor (negative: born after it), `size` its stars at the anchor, `files` are put over
    the ordinary ones, `readme_parts` are paragraphs such as a deploy button.
    """

    full_name: str
    language: str | None
    description: str | None
    age: int
    size: int
    pace: Pace = STEADY
    commits_a_week: float = 6.0
    issues_a_week: float = 2.0
    team_size: int = 3
    quiet_for: int | None = None
    topics: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    readme_parts: tuple[str, ...] = ()
    readme_chapters: int = 2
    docker: bool = False
    homepage: str | None = None
    fork: bool = False
    archived: bool = False
    empty: bool = False
    never_pushed: bool = False


class Builder:
    """Turns plans into repositories of one universe."""

    def __init__(self, seed: int, anchor: int) -> None:
        self.seed, self.anchor = seed, anchor
        self.ids: set[int] = set()

    def build(self, plan: Plan) -> Repository:
        """The repository; the same plan under the same seed and anchor always gives the same one."""
        salt = text_salt(f"{self.seed}/{plan.full_name}")
        dice = Dice(salt, 40)
        born = self.anchor - plan.age
        return Repository(
            id=self._id(salt),
            created=Moment(born, dice.between(0, DAY_SECONDS - 1)),
            full_name=Timeline(plan.full_name),
            description=Timeline(plan.description),
            language=Timeline(plan.language),
            files=Timeline(self._files(plan)),
            topics=plan.topics,
            stars=StarLife(salt, born, self.anchor, plan.size, plan.pace),
            work=self._work(plan, salt, born, dice),
            license=dice.pick(("mit", "mit", "apache-2.0", "bsd-3-clause", None)),
            homepage=plan.homepage,
            fork=plan.fork,
            archived=plan.archived,
            empty=plan.empty,
            never_pushed=plan.never_pushed,
        )

    def _id(self, salt: int) -> int:
        """A number that fits GraphQL's Int and is taken by no other repository."""
        number = 1_000_000_000 + salt % 1_000_000_000
        while number in self.ids:
            number += 1
        self.ids.add(number)
        return number

    def _work(self, plan: Plan, salt: int, born: int, dice: Dice) -> Work:
        busy = not (plan.empty or plan.never_pushed)
        quiet_from = None if plan.quiet_for is None else self.anchor - plan.quiet_for
        people = team(dice, plan.team_size)
        return Work(
            salt, born, plan.commits_a_week if busy else 0.0, plan.issues_a_week if busy else 0.0, people, quiet_from
        )

    def _files(self, plan: Plan) -> dict[str, str]:
        if plan.empty:
            return {}
        text = readme(plan.full_name, plan.description, plan.readme_chapters, *plan.readme_parts)
        files = {"README.md": text, **sources(plan.full_name.split("/")[1], plan.language)}
        if plan.docker:
            files["Dockerfile"] = dockerfile(plan.language)
        return {**files, **plan.files}
