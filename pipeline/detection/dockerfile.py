"""Reads a Dockerfile: what it is built from, which ports it opens, and as whom it runs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipeline.detection.untrusted import clean_text

MAX_CHARACTERS = 256 * 1024
MAX_IMAGES = 50
MAX_IMAGE_NAME = 200
MAX_PORTS = 100

_ESCAPE_DIRECTIVE = re.compile(r"#\s*escape\s*=\s*(\S)", re.IGNORECASE)
_HEREDOC = re.compile(r"(?:^|\s)\d*<<(-?)([\"']?)([A-Za-z_]\w*)\2(?=\s|$)")
_HEREDOC_INSTRUCTIONS = frozenset({"RUN", "COPY", "ADD"})
_PORTS = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/(?:tcp|udp|sctp))?", re.IGNORECASE)
_ROOT_USERS = frozenset({"", "root", "0"})


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """What a Dockerfile says. Ports, health check and user are those of the last stage, the one that runs."""

    problem: str | None = None
    base_images: tuple[str, ...] = ()
    """Images from outside the file, as written (variables unresolved), each once, at most 50."""
    stages: int = 0
    exposed_ports: tuple[int, ...] = ()
    """1 to 65535 in rising order, ranges spelled out, at most 100."""
    has_health_check: bool = False
    runs_as_root: bool = True
    """No USER, or root, or 0. A user given by a variable counts as somebody else."""


@dataclass(frozen=True, slots=True)
class _Stage:
    user: str = ""
    has_health_check: bool = False
    ports: frozenset[int] = frozenset()


@dataclass(slots=True)
class _Reading:
    """What has been understood so far; `current` is the stage being read and `name` is the one it will be known by."""

    images: dict[str, None] = field(default_factory=dict)
    named: dict[str, _Stage] = field(default_factory=dict)
    stages: int = 0
    name: str = ""
    current: _Stage = field(default_factory=_Stage)


def read_dockerfile(text: str) -> Dockerfile:
    """Read a Dockerfile in time linear in its length. Never raises: without a FROM it comes back with a `problem`."""
    if len(text) > MAX_CHARACTERS:
        return Dockerfile(problem=f"The file is longer than {MAX_CHARACTERS // 1024} KB.")
    reading = _Reading()
    for instruction, arguments in _instructions(clean_text(text).removeprefix("\ufeff")):
        if instruction == "FROM":
            _begin_stage(reading, arguments)
        elif reading.stages:
            reading.current = _after(reading.current, instruction, arguments)
    if not reading.stages:
        return Dockerfile(problem="The file has no FROM instruction.")
    return Dockerfile(
        base_images=tuple(reading.images)[:MAX_IMAGES],
        stages=reading.stages,
        exposed_ports=tuple(sorted(reading.current.ports)),
        has_health_check=reading.current.has_health_check,
        runs_as_root=reading.current.user in _ROOT_USERS,
    )


def _begin_stage(reading: _Reading, arguments: str) -> None:
    """Take in `[--platform=...] image [AS name]`. A stage built on an earlier one starts with what that one had set."""
    words = [word for word in arguments.split() if not word.startswith("--")]
    if not words:
        return
    if reading.name:
        reading.named[reading.name] = reading.current
    base = words[0].lower()
    if base not in reading.named:
        reading.images[words[0][:MAX_IMAGE_NAME]] = None
    reading.stages += 1
    reading.current = reading.named.get(base, _Stage())
    reading.name = words[2].lower() if len(words) > 2 and words[1].lower() == "as" else ""


def _after(stage: _Stage, instruction: str, arguments: str) -> _Stage:
    if instruction == "USER":
        return replace(stage, user=arguments.strip().strip("\"'").partition(":")[0].strip().lower())
    if instruction == "HEALTHCHECK":
        return replace(stage, has_health_check=arguments.strip().upper() != "NONE")
    if instruction == "EXPOSE" and len(stage.ports) < MAX_PORTS:
        return replace(stage, ports=frozenset(sorted(stage.ports | _read_ports(arguments))[:MAX_PORTS]))
    return stage


def _read_ports(arguments: str) -> set[int]:
    """Return the ports of one EXPOSE. Variables and numbers that are no ports are passed over."""
    ports: set[int] = set()
    for word in arguments.split()[:MAX_PORTS]:
        match = _PORTS.fullmatch(word.strip("\"'"))
        if match:
            first, last = int(match[1]), int(match[2] or match[1])
            ports.update(range(max(first, 1), min(last, 65_535, first + MAX_PORTS) + 1))
    return ports


# --- lines ------------------------------------------------------------------------------------------------------------


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    """Yield (instruction in capitals, its arguments on one line), without comments and the bodies of heredocs."""
    lines = text.splitlines()
    # Where each possible end of a heredoc stands last, so that looking for one that never comes costs nothing.
    last_places = {
        "": {line: number for number, line in enumerate(lines)},
        "-": {line.lstrip("\t"): number for number, line in enumerate(lines)},
    }
    escape = _escape_character(lines)
    number = 0
    while number < len(lines):
        logical, number = _join_continued(lines, number, escape)
        instruction, _, arguments = logical.partition(" ")
        if not instruction:
            continue
        yield instruction.upper(), arguments
        if instruction.upper() in _HEREDOC_INSTRUCTIONS:
            number = _skip_heredocs(lines, number, arguments, last_places)


def _escape_character(lines: list[str]) -> str:
    """Return the character that continues a line: a backslash unless the comments at the top say otherwise."""
    for line in lines:
        if not line.startswith("#"):
            break
        match = _ESCAPE_DIRECTIVE.match(line)
        if match:
            return "`" if match[1] == "`" else "\\"
    return "\\"


def _join_continued(lines: list[str], number: int, escape: str) -> tuple[str, int]:
    """Return the instruction that begins at a line, its continuations joined, and the number of the line after it."""
    parts: list[str] = []
    while number < len(lines):
        line = lines[number].strip()
        number += 1
        if line.startswith("#") or (not line and parts):
            # Docker drops comments and empty lines inside a continued instruction.
            if parts:
                continue
            break
        parts.append(line.removesuffix(escape).strip())
        if not line.endswith(escape):
            break
    return " ".join(" ".join(parts).split()), number


def _skip_heredocs(lines: list[str], number: int, arguments: str, last_places: dict[str, dict[str, int]]) -> int:
    """Return the number of the first line after the heredocs that an instruction opens.

    A dash lets the end be indented by tabs. One whose end does not come is a shell expression and skips nothing.
    """
    for dash, _, name in _HEREDOC.findall(arguments):
        if last_places[dash].get(name, -1) < number:
            continue
        while (lines[number].lstrip("\t") if dash else lines[number]) != name:
            number += 1
        number += 1
    return number
