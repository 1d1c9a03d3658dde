"""Who there is around Render: official examples, employees' experiments, blueprints and the community."""

from collections.abc import Iterator

from pipeline.demo.builder import Plan
from pipeline.demo.files import BARE_BUTTON, RENDER_BUTTON
from pipeline.demo.mix import Dice
from pipeline.demo.names import EMPLOYEES, OFFICIAL_ORGS, Namer
from pipeline.demo.render_files import BLUEPRINTS, fleet, render_yaml
from pipeline.demo.sentences import in_stack, sentences
from pipeline.demo.stars import CLIMBER, NEWCOMER, NEWS, RISER, SLEEPER, STEADY

LANGUAGES = ("Ruby", "JavaScript", "Python", "Rust", "TypeScript", "Elixir", "Go", "PHP", None)
CATEGORIES = ("official",) * 18 + ("employee",) * 9 + ("blueprint",) * 20 + ("community",) * 24
TOPICS = {
    "official": ("render", "render-examples"),
    "employee": ("render",),
    "blueprint": ("render-deploy", "render-blueprints"),
    "community": ("self-hosted",),
}
PACES = (STEADY, SLEEPER, CLIMBER, RISER, STEADY, NEWS, SLEEPER)


def render_plans(namer: Namer, seed: int) -> Iterator[Plan]:
    """The plans of the Render projects, category after category."""
    dice = Dice(seed, 400)
    texts = sentences("Render", seed)
    for n, category in enumerate(CATEGORIES):
        language = LANGUAGES[n % len(LANGUAGES)]
        sentence, topic = next(texts)
        name = namer.word()
        plan = Plan(
            full_name=f"{_owner(category, n, namer)}/{name}",
            language=language,
            description=in_stack(sentence, language),
            age=dice.between(15, 160) if n % 6 == 5 else dice.between(181, 2400),
            size=_size(category, dice),
            pace=NEWCOMER if n % 6 == 5 else PACES[n % len(PACES)],
            commits_a_week=dice.between(1, 9),
            issues_a_week=dice.between(0, 3),
            team_size=dice.between(1, 3),
            topics=(*TOPICS[category], topic),
            readme_parts=_readme_parts(category, n),
            readme_chapters=dice.between(0, 4),
        )
        yield _with_blueprint(plan, category, n)


def _owner(category: str, n: int, namer: Namer) -> str:
    if category == "official":
        return OFFICIAL_ORGS[n % 3 != 0]  # a third is the company's own, the rest are examples
    if category == "employee":
        return EMPLOYEES[n % 2]
    return next(namer.owners)


def _size(category: str, dice: Dice) -> int:
    """Stars: a handful for most, some thousands for a few of the official and community ones."""
    top = {"official": 5200, "employee": 180, "blueprint": 900, "community": 3800}[category]
    return 3 + int(top * dice.unit() ** 4)


def _readme_parts(category: str, n: int) -> tuple[str, ...]:
    """Blueprints have a deploy button, the official ones mostly, the others say where they run."""
    if category == "blueprint" or (category == "official" and n % 4 != 0):
        return (BARE_BUTTON,) if n % 5 == 0 else (RENDER_BUTTON,)
    return ("It runs on [Render](https://render.com) as it is.",) if n % 2 else ()


def _with_blueprint(plan: Plan, category: str, n: int) -> Plan:
    """Adds the render.yaml; every ninth community project has none and only names Render in its README."""
    name = plan.full_name.split("/")[1]
    plan.readme_parts = tuple(part.format(full_name=plan.full_name) for part in plan.readme_parts)
    plan.docker = plan.language in ("PHP", None)
    if category == "community" and n % 9 == 4:
        plan.readme_parts = ("Anything that runs Docker will do; we use render.com.",)
        return plan
    blueprint = fleet if n % 17 == 11 else BLUEPRINTS[n % len(BLUEPRINTS)]
    plan.files = {"render.yaml": render_yaml(blueprint, name, plan.language)}
    plan.docker = plan.docker or "dockerfilePath" in plan.files["render.yaml"]
    plan.fork, plan.archived = n == 13, n in (8, 50)
    return plan
