"""Texts of made-up repositories' files, of realistic length. Pure."""

from pipeline.demo.mix import Dice
from pipeline.demo.sentences import THINGS, TURNS

SECTIONS = (
    "Getting started", "Installation", "Usage", "Configuration", "Deployment", "How it works", "Performance",
    "Frequently asked", "Contributing", "License",
)  # fmt: skip
BADGE = "[![build](https://img.example.invalid/{name}/build.svg)](https://ci.example.invalid/{name})"
BUTTON = "[![Deploy to Render](https://render.com/images/deploy-to-render-button.svg)](https://render.com/deploy)"
CODE = "```sh\ngit clone https://git.example.invalid/{name}\ncd {name}\nmake install && make test\n```"
TABLE = (
    "| option | default | meaning |\n| --- | --- | --- |\n| `--{name}` | off | see below |\n| `--port` | 8080 | where |"
)


def readme(number: int, name: str, edition: int, *, has_button: bool) -> str:
    """1 to 12 KB of Markdown, about 5 KB on average, in as many sections as its length asks for."""
    dice = Dice(number, 9)
    head = [f"# {name}", BADGE.format(name=name), *([BUTTON] if has_button else []), _paragraph(dice)]
    head += [f"Edition {edition}."] if edition else []
    count = 1 + int(dice.unit() ** 2 * len(SECTIONS)) if dice.between(0, 9) else len(SECTIONS)
    return "\n\n".join([*head, *(_section(title, name, dice) for title in SECTIONS[:count])]) + "\n"


def dockerfile(name: str) -> str:
    """Two stages, a port, a health check and a user."""
    return (
        "FROM python:3.13-slim AS build\nWORKDIR /app\nCOPY requirements.txt .\n"
        "RUN pip install --no-cache-dir \\\n    --requirement requirements.txt\n"
        f"FROM build\nCOPY . .\nENV NAME={name}\nEXPOSE 8080\n"
        "HEALTHCHECK CMD curl -f http://localhost:8080/healthz\n"
        'USER app\nCMD ["python", "-m", "app"]\n'
    )


def _section(title: str, name: str, dice: Dice) -> str:
    """Paragraphs, then a list with links, a code block or a table."""
    items = "\n".join(f"- [{what}](https://docs.example.invalid/{topic})" for what, topic in THINGS["Go"][:5])
    extra = dice.pick((items, CODE.format(name=name), TABLE.format(name=name)))
    return "\n\n".join([f"## {title}", *(_paragraph(dice) for _ in range(dice.between(1, 3))), extra])


def _paragraph(dice: Dice) -> str:
    things = THINGS[dice.pick(("Python", "TypeScript", "Go"))]
    return " ".join(f"{dice.pick(things)[0]} {dice.pick(TURNS)}." for _ in range(dice.between(3, 7)))
