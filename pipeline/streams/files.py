"""Which files of a repository are worth reading, and their texts out of a GraphQL answer."""

import re
from collections.abc import Iterator

from pipeline.github.batches import NodeAnswer
from pipeline.streams.answers import Tree
from pipeline.streams.context import RenderOwners
from pipeline.streams.harvest import FilePayload, RepoRef

RENDER_FILE = "render.yaml"
DOCKER_FILE = "Dockerfile"
README_NAMES = ("readme.md", "readme.rst", "readme", "readme.txt", "readme.markdown")
TELLING_NAMES = {RENDER_FILE, DOCKER_FILE.lower(), "package.json", *README_NAMES}
MOST_ROOT_ENTRIES = 2000
OBJECT_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def readme_name(tree: Tree) -> str | None:
    """The README that GitHub shows, as its name is written in the root."""
    blobs = {name.lower(): name for name, (kind, _) in sorted(tree.items(), reverse=True) if kind == "blob"}
    return next((blobs[name] for name in README_NAMES if name in blobs), None)


def has_file(tree: Tree, name: str) -> bool:
    return tree.get(name, ("", ""))[0] == "blob"


def read_tree(files: object) -> dict[str, tuple[str, str]] | None:
    """The tree that `tree_rows` wrote, out of a files metric; None when any of it is not what it should be."""
    rows = files.get("tree") if isinstance(files, dict) else None
    if not isinstance(rows, list) or not all(_is_row(row) for row in rows):
        return None
    return {name: (kind, oid) for name, kind, oid in rows}


def _is_row(row: object) -> bool:
    return isinstance(row, list) and len(row) == 3 and set(map(type, row)) == {str}


def tree_rows(tree: Tree) -> list[list[str]]:
    """[name, type, object id] of at most 2,000 entries, those that Trender looks for in any case."""
    rows = [[name, kind, oid] for name, (kind, oid) in tree.items()]
    if len(rows) > MOST_ROOT_ENTRIES:
        rows.sort(key=lambda row: row[0].lower() not in TELLING_NAMES)
    return rows[:MOST_ROOT_ENTRIES]


def wanted_files(ref: RepoRef, tree: Tree, owners: RenderOwners) -> list[str]:
    """Paths to read at once: a Render project's render.yaml, Dockerfile and README."""
    owner = ref.full_name.partition("/")[0].lower()
    if not has_file(tree, RENDER_FILE) and owner not in owners.logins:
        return []
    names = [RENDER_FILE, DOCKER_FILE, readme_name(tree) or ""]
    return [name for name in names if has_file(tree, name)]


def file_payloads(answer: NodeAnswer) -> Iterator[FilePayload]:
    """The blobs that came back under `file<n>` (or `packageJson`); one without a proper object id is none."""
    for key, blob in (answer.data or {}).items():
        if (key.startswith("file") or key == "packageJson") and isinstance(blob, dict) and key not in answer.holes:
            oid, size, text = blob.get("oid"), blob.get("byteSize"), blob.get("text")
            if isinstance(oid, str) and OBJECT_ID.fullmatch(oid):
                text = text if isinstance(text, str) and not blob.get("isBinary") else None
                yield FilePayload(oid, size if isinstance(size, int) else 0, text, bool(blob.get("isTruncated")))
