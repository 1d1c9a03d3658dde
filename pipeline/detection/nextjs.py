"""Answers one question about a package.json: does it ask for Next.js 16 or newer?

npm installs the newest version that a range admits, so a range counts as soon as it admits one of major 16 or above.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from semantic_version import base as semantic_version

from pipeline.detection.untrusted import UntrustedTextError, load_json

WANTED_MAJOR = 16
MAX_SPEC = 500
MAX_MANIFESTS = 12

Answer = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, the reason in a sentence, and the version asked for as it was written (None where there is none)."""

    answer: Answer
    reason: str
    spec: str | None = None


# --- a package.json ---------------------------------------------------------------------------------------------------

_SECTIONS = ("dependencies", "devDependencies")


def next_verdict(package_json: str | None) -> Verdict:
    """Judge the text of a package.json by its dependencies and devDependencies. Never raises.

    What a package merely accepts from its users (peerDependencies) does not count. A text that cannot be read, or whose
    dependencies are no mapping, is unknown.
    """
    if package_json is None:
        return Verdict("no", "There is no package.json.")
    try:
        manifest = load_json(package_json)
    except UntrustedTextError as error:
        return Verdict("unknown", f"package.json cannot be read: {error}")
    if not isinstance(manifest, dict):
        return Verdict("unknown", "package.json is no JSON object.")
    verdicts = [verdict for section in _SECTIONS for verdict in _section_verdicts(section, manifest.get(section))]
    return combine(verdicts) if verdicts else Verdict("no", "It does not depend on next.")


def _section_verdicts(name: str, section: object) -> Iterator[Verdict]:
    if section is None:
        return
    if not isinstance(section, dict):
        yield Verdict("unknown", f"{name} is no JSON object.")
        return
    for key, spec in section.items():
        if key == "next" or _is_alias_of_next(spec):
            yield version_verdict(spec)


def _is_alias_of_next(spec: object) -> bool:
    return isinstance(spec, str) and re.match(r"\s*npm:next(?:@|\s*$)", spec) is not None


def combine(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict on several manifests of one repository: yes beats unknown beats no, the earlier of equals."""
    every = list(verdicts)
    for answer in ("yes", "unknown", "no"):
        for verdict in every:
            if verdict.answer == answer:
                return verdict
    return Verdict("no", "There is no package.json.")


# --- a version --------------------------------------------------------------------------------------------------------

_FOLLOW_THE_NEWEST = frozenset({"latest", "next", "canary", "rc", "beta"})
_ALIAS = re.compile(r"((?:@[\w.~-]+/)?[A-Za-z][\w.~-]*)(?:@(.*))?", re.DOTALL)


def version_verdict(spec: object) -> Verdict:
    """Judge what package.json says after "next": a range, a tag, an alias or a place. Never raises.

    The tags latest, next, canary, rc and beta follow the newest release and count as yes. Workspaces, catalogues, URLs,
    files, other tags and template text hide the version: unknown, never no.
    """
    if not isinstance(spec, str):
        return Verdict("unknown", "The version is no text.")
    if len(spec) > MAX_SPEC:
        return Verdict("unknown", "The version is too long to be one.", spec[:MAX_SPEC])
    wanted = spec.strip()
    if wanted.startswith("npm:"):
        return _alias_verdict(wanted.removeprefix("npm:"), spec)
    return _plain_verdict(wanted, spec)


def _alias_verdict(target: str, spec: str) -> Verdict:
    """Judge `npm:name@range`, or `npm:range` as Yarn writes it."""
    match = _ALIAS.fullmatch(target)
    if not target:
        return Verdict("unknown", "The alias names no package.", spec)
    if match is None or (match[2] is None and match[1].lower() in _FOLLOW_THE_NEWEST - {"next"}):
        return _plain_verdict(target.strip(), spec)
    if match[1] != "next":
        if match[2] is None and _parse_range(target) is not None:
            return _plain_verdict(target.strip(), spec)
        return Verdict("no", "The name next stands for another package.", spec)
    return _plain_verdict((match[2] or "").strip(), spec)


def _plain_verdict(wanted: str, spec: str) -> Verdict:
    if wanted in _FOLLOW_THE_NEWEST:
        return Verdict("yes", "The tag follows the newest release.", spec)
    versions = _parse_range(wanted)
    if versions is None:
        return Verdict("unknown", "The version is not written as one that npm can be held to.", spec)
    if _admits_wanted_major(versions, wanted):
        return Verdict("yes", f"The version admits Next.js {WANTED_MAJOR} or newer.", spec)
    return Verdict("no", f"The version stays below Next.js {WANTED_MAJOR}.", spec)


# --- a range ----------------------------------------------------------------------------------------------------------

# The package carries no types.
NpmSpec: Any = semantic_version.NpmSpec
Version: Any = semantic_version.Version

# npm reads more spellings than NpmSpec: blanks and a v after the operator, ~>, x after any operator, tabs, and build
# metadata that it ignores. They are rewritten into NpmSpec's form; numbers are limited to what npm takes as exact.
_PART = r"(?:[xX*]|0|[1-9][0-9]{0,14})"
_IDENTIFIERS = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_COMPARATOR = re.compile(
    rf"(?P<operator><=|>=|<|>|=|\^|~>|~|)[v=]?"
    rf"(?P<version>{_PART}(?:\.{_PART}(?:\.{_PART}(?:-{_IDENTIFIERS})?(?P<build>\+{_IDENTIFIERS})?)?)?)"
)
_BLANKS_AFTER_OPERATOR = re.compile(r"(<=|>=|<|>|=|\^|~>|~)\s+(?=[v\dxX*])")
_MENTIONED = re.compile(r"(?<![\w.-])[v=]?([0-9]{1,15})(?:\.([0-9]{1,15}))?(?:\.([0-9]{1,15}))?(-[0-9A-Za-z.-]+)?")
_ANY = "*"
_NONE = "<0.0.0"
_BEYOND_ALL = 10**16


def _parse_range(wanted: str) -> Any:
    """Return the range as NpmSpec, or None if npm would not read the text as one."""
    groups = [_rewrite_group(" ".join(group.split())) for group in wanted.split("||")]
    if None in groups:
        return None
    try:
        return NpmSpec("||".join(group for group in groups if group is not None))
    except ValueError:
        return None


def _rewrite_group(group: str) -> str | None:
    """Return one alternative as comparators with single blanks between them, or None for something else."""
    low, hyphen, high = group.partition(" - ")
    if hyphen:
        words = [f">={low.lstrip('v=')}", f"<={high.lstrip('v=')}"]
    else:
        words = _BLANKS_AFTER_OPERATOR.sub(r"\1", group).split()
    comparators = [_rewrite_comparator(word) for word in words]
    return None if None in comparators else " ".join(word for word in comparators if word) or _ANY


def _rewrite_comparator(word: str) -> str | None:
    match = _COMPARATOR.fullmatch(word)
    if match is None:
        return None
    operator, version = match["operator"].replace("~>", "~"), match["version"].removesuffix(match["build"] or "")
    if version[0] in "xX*":
        return _NONE if operator in {"<", ">"} else _ANY
    return operator + version


def _admits_wanted_major(versions: Any, wanted: str) -> bool:
    """Try the versions at which a range can begin to admit: the wanted major, the end, and round each mention."""
    candidates = {Version(f"{WANTED_MAJOR}.0.0"), Version(f"{_BEYOND_ALL}.0.0")}
    for mention in _MENTIONED.finditer(wanted):
        candidates.update(_versions_around(mention))
    return any(version in versions for version in candidates if version.major >= WANTED_MAJOR)


def _versions_around(mention: re.Match[str]) -> Iterator[Any]:
    major, minor, patch = (int(part or 0) for part in mention.group(1, 2, 3))
    version = Version(major=major, minor=minor, patch=patch)
    yield from (version, version.next_patch(), version.next_minor(), version.next_major())
    if mention[4]:
        # The release itself, and the next prerelease after it.
        for prerelease in (mention[4], f"{mention[4]}.0"):
            try:
                yield Version(f"{major}.{minor}.{patch}{prerelease}")
            except ValueError:
                continue


# --- where to look ----------------------------------------------------------------------------------------------------

_ROOT_FOLDERS = ("web", "frontend", "site", "docs", "website", "client", "app", "ui", "dashboard", "www")
_WORKSPACES = ("apps", "packages")


def workspace_manifests(root_names: Mapping[str, str], listings: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the paths of at most 12 package.json files below the root that may ask for Next.js, likeliest first.

    `root_names` maps the root's entries to "blob" or "tree"; `listings` holds the folder names in apps and packages.
    First come root folders with a telling name, then apps, then packages, in each the telling names before the others.
    """
    folders = [name for name in _ROOT_FOLDERS if root_names.get(name) == "tree"]
    for workspace in _WORKSPACES:
        names = sorted(filter(_is_folder_name, listings.get(workspace, ())), key=_rank)
        folders.extend(f"{workspace}/{name}" for name in names)
    return tuple(f"{folder}/package.json" for folder in dict.fromkeys(folders))[:MAX_MANIFESTS]


def _is_folder_name(name: str) -> bool:
    return bool(name) and name not in {".", ".."} and "/" not in name


def _rank(name: str) -> tuple[int, str]:
    lowered = name.lower()
    return (_ROOT_FOLDERS.index(lowered) if lowered in _ROOT_FOLDERS else len(_ROOT_FOLDERS), name)
