"""What happens in the weeks around the anchor: renames, new words, files that come and go, an end."""

from collections.abc import Iterator, Sequence

from pipeline.demo.names import Namer
from pipeline.demo.render_files import BLUEPRINTS, render_yaml
from pipeline.demo.repositories import Repository

# Days before the anchor; a negative one is still to come.
RENAMES = (4, 12, 25)
NEW_DESCRIPTIONS = (1, 3, 6, 10, 16, 24, -4, -11)
RENDER_YAML_COMES = (2, 5, 8, 13, 20, -6)
RENDER_YAML_GOES = (6, 15)
OTHER_LANGUAGES = (7, 18)
END = 5

NEW_WORDS = (
    "Now with a calmer interface and half the memory.",
    "Renewed from the ground up, the old files still open.",
    "The same tool, at last with a manual.",
    "Version 3: fewer options, better defaults.",
    "Looking for a second maintainer; the first one is happy to help.",
    "Rewritten for streams that never end.",
    "Version 4 learns from a thousand bug reports.",
    "Smaller, quieter, and finally documented in full.",
)


def apply_events(repositories: Sequence[Repository], anchor: int, namer: Namer) -> None:
    """Writes the events into the timelines of ordinary repositories, each of which has one event at most."""
    quiet_ones = _ordinary(repositories, with_blueprint=False)
    deployed = _ordinary(repositories, with_blueprint=True)
    for ago in RENAMES:
        repository = next(quiet_ones)
        repository.full_name.change(anchor - ago, f"{repository.full_name.first.split('/')[0]}/{namer.word()}")
    for ago, words in zip(NEW_DESCRIPTIONS, NEW_WORDS, strict=True):
        next(quiet_ones).description.change(anchor - ago, words)
    for n, ago in enumerate(RENDER_YAML_COMES):
        _add_blueprint(next(quiet_ones), anchor - ago, n)
    for ago in RENDER_YAML_GOES:
        repository = next(deployed)
        rest = {path: text for path, text in repository.files.first.items() if path != "render.yaml"}
        repository.files.change(anchor - ago, rest)
    for ago, language in zip(OTHER_LANGUAGES, ("Rust", "Go"), strict=True):
        _of_language(quiet_ones, "Python").language.change(anchor - ago, language)
    next(quiet_ones).gone = anchor - END


def _ordinary(repositories: Sequence[Repository], *, with_blueprint: bool) -> Iterator[Repository]:
    """Every ninth of the long-lived repositories with or without a render.yaml, those with many stars first.

    The steps leave most of each ranking undisturbed, and the deleted and renamed ones are not all at the top.
    """
    fit = [
        r
        for r in repositories
        if ("render.yaml" in r.files.first) is with_blueprint and r.created.day < r.stars.anchor - 100
    ]
    fit.sort(key=lambda r: (-r.stars.initial, r.id))
    return iter(fit[3::9])


def _of_language(candidates: Iterator[Repository], language: str) -> Repository:
    return next(r for r in candidates if r.language.first == language)


def _add_blueprint(repository: Repository, day: int, n: int) -> None:
    """From the day on there is a render.yaml, and everything else stays as it was."""
    name, language = repository.full_name.first.split("/")[1], repository.language.first
    text = render_yaml(BLUEPRINTS[n * 2 % len(BLUEPRINTS)], name, language)
    repository.files.change(day, {**repository.files.first, "render.yaml": text})
