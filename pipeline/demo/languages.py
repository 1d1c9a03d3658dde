"""Who there is in Python, TypeScript and Go: established projects and those that rise, by language."""

from collections.abc import Iterator

from pipeline.demo.builder import Plan
from pipeline.demo.files import RENDER_BUTTON
from pipeline.demo.mix import Dice
from pipeline.demo.names import Namer
from pipeline.demo.package_files import NEXT_16, OLDER_NEXT, UNKNOWN_NEXT, WORKSPACES, next_files, other_files
from pipeline.demo.platform_files import with_platforms
from pipeline.demo.render_files import BLUEPRINTS, render_yaml
from pipeline.demo.sentences import sentences
from pipeline.demo.stars import CLIMBER, DECLINER, NEWCOMER, NEWS, RISER, SLEEPER, STEADY, WEEKDAYS_ONLY

TOP_STARS = {"Python": 120_000, "TypeScript": 96_000, "Go": 81_000}
HOW_MANY = {"Python": (92, 36), "TypeScript": (104, 36), "Go": (64, 34)}  # established, rising
NEXT_16_ESTABLISHED = 76  # of TypeScript, the biggest; and every rising one, which makes 112
BUSY_RANK = 11  # more commits and closed issues in a week than one page of a query holds
PACES = (STEADY, STEADY, CLIMBER, RISER, NEWS, SLEEPER, DECLINER, WEEKDAYS_ONLY)


def language_plans(language: str, namer: Namer, seed: int) -> Iterator[Plan]:
    """The plans of one language, biggest established project first, then the rising ones."""
    dice = Dice(seed, 300, len(language))
    texts = sentences(language, seed)
    established, rising = HOW_MANY[language]
    for rank in range(1, established + 1):
        plan = _plan(language, namer, dice, next(texts))
        plan.age = dice.between(200, 399) if rank % 7 == 6 else dice.between(410, 3600)
        plan.size = _size(TOP_STARS[language], rank, dice)
        plan.pace = PACES[rank % len(PACES)]
        if plan.pace is SLEEPER:
            plan.commits_a_week, plan.issues_a_week = 1.2, 0.3
        if rank == BUSY_RANK:
            plan.commits_a_week, plan.issues_a_week, plan.team_size = 190, 140, 24
        if rank % 29 == 0 and language != "TypeScript":
            plan.quiet_for = dice.between(35, 300)  # long silent: no established search may find it
        yield _with_files(plan, rank, rank <= NEXT_16_ESTABLISHED)
    for rank in range(1, rising + 1):
        plan = _plan(language, namer, dice, next(texts))
        plan.age, plan.size, plan.pace = _young_age(rank, dice), _size(14_000, rank, dice), NEWCOMER
        if rank % 5 == 0:
            plan.pace = CLIMBER
        yield _with_files(plan, rank + 3, True)


def _plan(language: str, namer: Namer, dice: Dice, text: tuple[str, str]) -> Plan:
    """A plan with its texts and its work; age, size and pace are still to be set."""
    sentence, topic = text
    team_size = dice.pick((1, 2, 2, 3, 3, 4, 6, 9))
    return Plan(
        full_name=namer.full_name(),
        language=language,
        description=sentence,
        age=0,
        size=0,
        commits_a_week=team_size * (0.8 + 3 * dice.unit()),
        issues_a_week=team_size * (0.2 + 1.5 * dice.unit()),
        team_size=team_size,
        topics=(topic, language.lower()),
        readme_chapters=dice.between(0, 4),
        docker=dice.unit() < 0.2,
        homepage="https://demo.example.invalid" if dice.unit() < 0.2 else None,
    )


def _size(top: int, rank: int, dice: Dice) -> int:
    """Stars by rank, nearly in inverse proportion: few have very many, most have some hundreds or thousands."""
    return int(top / rank**1.05 * (1 if rank == 1 else 0.75 + 0.5 * dice.unit()))


def _young_age(rank: int, dice: Dice) -> int:
    """5 to 175 days; every sixth is of the last weeks."""
    return dice.between(4, 20) if rank % 6 == 3 else dice.between(21, 175)


def _with_files(plan: Plan, n: int, next_16: bool) -> Plan:
    """Adds package.json to TypeScript projects, and a render.yaml to every fourteenth project of any language."""
    name = plan.full_name.split("/")[1]
    files: dict[str, str] = {}
    if plan.language == "TypeScript":
        files.update(_typescript_files(name, n, next_16))
        plan.topics = (*plan.topics, "nextjs") if next_16 else plan.topics
    if n % 14 == 7:
        files["render.yaml"] = render_yaml(BLUEPRINTS[n // 14 % len(BLUEPRINTS)], name, plan.language)
        plan.readme_parts = (RENDER_BUTTON.format(full_name=plan.full_name),) if n % 28 == 7 else ()
    plan.files = {**plan.files, **files}
    return with_platforms(plan, n)


def _typescript_files(name: str, n: int, next_16: bool) -> dict[str, str]:
    """Next.js 16 in the root or in a workspace; else by turns an older one, none, or one that cannot be known."""
    if next_16:
        folder = WORKSPACES[n // 3 % len(WORKSPACES)] if n % 3 == 0 else ""
        return next_files(name, NEXT_16[n % len(NEXT_16)], folder, in_development=n % 11 == 0)
    if n % 3 == 0:
        return next_files(name, OLDER_NEXT[n // 3 % len(OLDER_NEXT)])
    if n % 3 == 1:
        return other_files(name, n)
    return next_files(name, UNKNOWN_NEXT[n // 3 % len(UNKNOWN_NEXT)], "apps/web" if n % 2 else "")
