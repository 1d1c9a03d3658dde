"""The repositories of a made-up year: what each says of itself, and how it grows. Pure, deterministic.

Days are numbered so that the year's last one is LAST, whatever its date: a year looks the same whenever it ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.demo.mix import Dice, mix
from pipeline.demo.names import BACK, EMPLOYEES, FRONT, GARDEN, OFFICIAL_ORGS, PREFIX
from pipeline.demo.render_files import BLUEPRINTS, render_yaml
from pipeline.demo.sentences import THINGS, TURNS

FIRST_ID = 9_000_000_000  # no number that GitHub has given to a repository, and none that fits into 32 bits
LAST, MOST_DAYS = 1000, 900
STREAMS = {"python": "Python", "typescript": "TypeScript", "go": "Go"}
RENDER_LANGUAGES = ("Python", "TypeScript", "JavaScript", "Go", "Ruby", "Elixir", "Rust", "PHP", None)
CATEGORIES = ("official", "employee", "community", "blueprint")
OWNERS = {"official": OFFICIAL_ORGS, "employee": EMPLOYEES}
# A burst of stars lasts SPELL days of every PERIOD.
SPELL, PERIOD = 20, 90


@dataclass(frozen=True, slots=True)
class Growth:
    """How a repository gains: stars a day in quiet times (`rate`) and in a burst; the rest is of seven days.

    `start` is the number of the day on which it is first seen, with `base` stars. `commits` is a level around which
    they move, None where nothing is known of them, of closed issues and of contributors; `has_history` says whether
    the stars of single days are known.
    """

    base: int
    rate: int
    burst: int
    phase: int
    start: int
    commits: int | None
    has_history: bool

    def total(self, day: int) -> int:
        """Stars held at the end of the day of that number. It never falls; year_facts.TOTAL is the same in SQL."""
        age = max(day - self.start, 0)
        waves = (age + self.phase) // PERIOD * SPELL + min((age + self.phase) % PERIOD, SPELL)
        noise = (age * age * 17 + age * self.phase) % (self.rate + 1)
        return self.base + self.rate * age + noise + self.burst * waves

    def gained(self, day: int, days: int = 1) -> int:
        """Stars of the `days` days that end with the day of that number, itself included."""
        return self.total(day) - self.total(day - days)


@dataclass(frozen=True)
class YearRepo:
    """Repository `number` of a year of `days` days.

    One in twelve belongs to the Render ecosystem, one in 20 is first seen in the course of the year, one in ten has
    changed its description since and one in 50 its name as well.
    """

    number: int
    days: int

    @property
    def github_id(self) -> int:
        return FIRST_ID + self.number

    @cached_property
    def category(self) -> str | None:
        return CATEGORIES[self.number // 12 % len(CATEGORIES)] if self.number % 12 == 5 else None

    @property
    def stream(self) -> str:
        return "render" if self.category else tuple(STREAMS)[self.number % len(STREAMS)]

    @property
    def language(self) -> str | None:
        """Unknown to GitHub for some of Render's."""
        if self.category is None:
            return STREAMS[self.stream]
        return RENDER_LANGUAGES[self.number // 48 % len(RENDER_LANGUAGES)]

    @property
    def uses_render(self) -> bool | None:
        """What belongs to Render's makers need not run on it; of a few others the files could not be read."""
        if self.category is None:
            return None if self.number % 100 == 9 else False
        return not (self.category in OWNERS and self.number // 48 % 5 == 4)

    @property
    def is_rising(self) -> bool:
        return self.number % 20 == 11

    @property
    def owner(self) -> str:
        known = OWNERS.get(self.category or "")
        return known[self.number % len(known)] if known else f"{PREFIX}{GARDEN[mix(self.number, 31) % len(GARDEN)]}"

    @property
    def full_name(self) -> str:
        """Its newest name."""
        return self._name(FRONT[mix(self.number, 32) % len(FRONT)])

    @property
    def description(self) -> str | None:
        """Its newest one."""
        return self._descriptions[-1]

    @cached_property
    def names(self) -> Sequence[tuple[str, str | None]]:
        """(full name, description) of each of its versions, oldest first."""
        names = [self.full_name] * len(self._descriptions)
        if len(names) == 3:
            names[0] = self._name("former")
        return list(zip(names, self._descriptions, strict=True))

    @property
    def blueprint(self) -> str | None:
        """Its render.yaml."""
        kind = BLUEPRINTS[self.number // 12 % len(BLUEPRINTS)]
        return render_yaml(kind, self.full_name.partition("/")[2], self.language) if self.uses_render else None

    @cached_property
    def growth(self) -> Growth:
        dice = Dice(self.number, 33)
        base = 1 + int(10 ** (1 + 3.8 * dice.unit() ** 2))
        rate, burst = int(base ** dice.unit() / 25), int(base ** (0.85 * dice.unit()) / 8)
        commits = int(60 * dice.unit() ** 3)
        start = 0
        if self.is_rising:
            start = LAST - int((self.days - 1) * dice.unit())
            base, rate = 1 + dice.between(0, 40), 1 + rate
        return Growth(
            base=base,
            rate=rate,
            burst=burst,
            phase=dice.between(0, PERIOD - 1),
            start=start,
            commits=None if self.number % 97 == 5 or self.number % 101 == 50 else commits,
            has_history=self.number % 89 != 7 and self.number % 101 != 50,
        )

    @property
    def first_day(self) -> int:
        """The number of the first day of the year on which it has a row."""
        return max(self.growth.start, LAST - self.days + 1)

    @property
    def created(self) -> int:
        """The number of the day on which it was created."""
        return self.growth.start - 3 if self.is_rising else LAST - 400 - mix(self.number, 34) % 2600

    @cached_property
    def _descriptions(self) -> list[str | None]:
        count = 3 if self.number % 50 == 13 else 2 if self.number % 10 == 3 else 1
        if self.number % 40 == 7:
            return [None]
        things = THINGS["Render" if self.category else self.language or "Go"]
        thing = things[self.number // 3 % len(things)][0]
        return [f"{thing} {TURNS[(self.number + n) % len(TURNS)]}." for n in range(count)]

    def _name(self, front: str) -> str:
        return f"{self.owner}/{front}{BACK[mix(self.number, 35) % len(BACK)]}-{self.number}"


def year_repos(repositories: int, days: int) -> list[YearRepo]:
    return [YearRepo(number, days) for number in range(repositories)]
