"""One repository's look for Next.js: what its root and its workspaces say, and what is still to be asked."""

from dataclasses import dataclass, field

from pipeline.detection.nextjs import Verdict, combine, next_verdict, workspace_manifests
from pipeline.github.batches import NodeAnswer
from pipeline.github.queries import Wanted
from pipeline.streams.answers import tree_of
from pipeline.streams.harvest import RepoRef

WORKSPACE_FOLDERS = ("apps", "packages")
MOST_WORKSPACE_FILES = 8


@dataclass(slots=True)
class Look:
    """A repository on its way to a verdict: its root's {name: (type, oid)} and the verdicts of its files so far."""

    ref: RepoRef
    tree: dict[str, tuple[str, str]]
    listings: dict[str, list[str]] = field(default_factory=dict)
    verdicts: list[Verdict] = field(default_factory=list)
    unread: bool = False

    def key(self) -> dict[str, str]:
        """The object ids that the verdict rests on."""
        manifests = {path.partition("/")[0] for path in workspace_manifests(self.kinds(), {})}
        names = {"package.json", *WORKSPACE_FOLDERS, *manifests}
        return {name: oid for name, (_, oid) in sorted(self.tree.items()) if name in names}

    def kinds(self) -> dict[str, str]:
        return {name: kind for name, (kind, _) in self.tree.items()}

    def verdict(self) -> Verdict:
        return combine(self.verdicts)

    def outcome(self) -> Verdict | None:
        """The verdict to remember; None while something that could change it was not shown: that is asked again."""
        verdict = self.verdict()
        return None if self.unread and verdict.answer != "yes" else verdict


Looked = tuple[RepoRef, dict[str, str], Verdict | None]


@dataclass(frozen=True, slots=True)
class Glance:
    """What the roots of one batch said: verdicts of those it suffices for, and those to be looked at deeper."""

    settled: list[Looked]
    deeper: list[Look]

    def __len__(self) -> int:
        return len(self.settled) + len(self.deeper)


def root_manifest(look: Look) -> tuple[str, ...]:
    return ("package.json",) if not look.verdicts and "package.json" in look.tree else ()


def folders(look: Look) -> tuple[str, ...]:
    """Those to list where the root has not said yes already."""
    has_any = any(look.tree.get(name, ("",))[0] == "tree" for name in WORKSPACE_FOLDERS)
    return WORKSPACE_FOLDERS if has_any and look.verdict().answer != "yes" else ()


def manifests_below(look: Look) -> tuple[str, ...]:
    """The workspaces' own, where the root has not said yes already."""
    if look.verdict().answer == "yes":
        return ()
    return tuple(list(workspace_manifests(look.kinds(), look.listings))[:MOST_WORKSPACE_FILES])


def add_listings(look: Look, share: Wanted, answer: NodeAnswer) -> None:
    for n, folder in enumerate(share.folders):
        tree = tree_of((answer.data or {}).get(f"folder{n}")) or {}
        look.listings[folder] = [name for name, (kind, _) in tree.items() if kind == "tree"]
        look.unread |= not answer.known(f"folder{n}")


def add_verdicts(look: Look, share: Wanted, answer: NodeAnswer) -> None:
    keys = [f"file{n}" for n in range(len(share.files))]
    look.verdicts += [file_verdict(answer, key) for key in keys]
    look.unread |= not all(map(answer.known, keys))


def file_verdict(answer: NodeAnswer, key: str) -> Verdict:
    if not answer.known(key):
        return Verdict("unknown", "a package.json could not be read")
    blob = (answer.data or {})[key]
    if not isinstance(blob, dict):
        return Verdict("no", "no package.json there")
    if not isinstance(blob.get("text"), str) or blob.get("isTruncated"):
        return Verdict("unknown", "a package.json is not text or too long")
    return next_verdict(blob["text"])
