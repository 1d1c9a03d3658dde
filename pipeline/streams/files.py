"""Which files of a repository are worth reading, and their texts out of a GraphQL answer."""

from collections.abc import Iterator, Mapping

from pipeline.github.batches import NodeAnswer
from pipeline.streams.context import RenderOwners
from pipeline.streams.harvest import FilePayload, RepoRef

RENDER_FILE = "render.yaml"
DOCKER_FILE = "Dockerfile"
README_NAMES = ("readme.md", "readme.rst", "readme", "readme.txt", "readme.markdown")

Tree = Mapping[str, tuple[str, str]]


def readme_name(tree: Tree) -> str | None:
    """The README that GitHub shows, as its name is written in the root."""
    blobs = {name.lower(): name for name, (kind, _) in sorted(tree.items(), reverse=True) if kind == "blob"}
    return next((blobs[name] for name in README_NAMES if name in blobs), None)


def has_file(tree: Tree, name: str) -> bool:
    return tree.get(name, ("", ""))[0] == "blob"


def wanted_files(ref: RepoRef, tree: Tree, owners: RenderOwners) -> list[str]:
    """Paths to read at once: a Render project's render.yaml, Dockerfile and README."""
    owner = ref.full_name.partition("/")[0].lower()
    official = owner in {name.lower() for name in (*owners.organisations, *owners.employees)}
    if not has_file(tree, RENDER_FILE) and not official:
        return []
    names = [RENDER_FILE, DOCKER_FILE, readme_name(tree) or ""]
    return [name for name in names if has_file(tree, name)]


def file_payloads(answer: NodeAnswer) -> Iterator[FilePayload]:
    """The blobs that came back under `file<n>` (or `packageJson`)."""
    for key, blob in (answer.data or {}).items():
        if (key.startswith("file") or key == "packageJson") and isinstance(blob, dict) and "oid" in blob:
            text = None if blob.get("isBinary") else blob.get("text")
            yield FilePayload(blob["oid"], int(blob.get("byteSize") or 0), text, bool(blob.get("isTruncated")))
