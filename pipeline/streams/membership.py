"""When a stream counts as read: what was hydrated decides."""

from pipeline.streams.harvest import StreamFailed, StreamResult
from pipeline.streams.hydration import Hydrated

MOST_FAILED = 0.20


def complete(result: StreamResult, hydrated: Hydrated) -> StreamResult:
    """The result without repositories that are gone.

    Raises StreamFailed when all are gone, or over a fifth could not be read.
    """
    result.members = [ref for ref in result.members if ref.github_id not in hydrated.gone]
    if hydrated.gone and not result.members:
        raise StreamFailed("all of its repositories are gone", permanent=True)
    failed = [ref for ref in result.members if ref.github_id in hydrated.failed]
    if len(failed) > MOST_FAILED * max(len(result.members), 1):
        reason = hydrated.failed[failed[0].github_id]
        raise StreamFailed(
            f"{len(failed)} of {len(result.members)} repositories could not be read: {reason}",
            permanent=not any(ref.github_id in hydrated.passing for ref in failed),
            repository=failed[0].full_name,
        )
    if failed:
        names = ", ".join(ref.full_name for ref in failed[:5])
        result.notes.append(f"{len(failed)} repositories could not be read ({names})")
    if hydrated.gone:
        result.notes.append(f"{len(hydrated.gone)} repositories are gone")
    return result
