"""The comparison of hosting platforms: how many public repositories show signs of each, by GitHub's search."""

from datetime import datetime

from marketing.platforms.catalog import PLATFORMS
from marketing.platforms.searching import Reader
from marketing.platforms.store import keep
from pipeline.door import open_github

__all__ = ["make_report"]


def make_report(now: datetime) -> str:
    """Ask GitHub for every platform's figures and keep them as the report of the day; one sentence on what was made.

    The same day again replaces what it could read anew: a figure of the day is not given up for an unknown one. What
    could not be read is unknown, with its reason in the evidence. Raises where the embedded GitHub does not start.
    """
    with open_github(now) as client:
        reader = Reader(client, has_token=client.budget.has_token, now=now)
        found = {platform: reader.read(platform) for platform in PLATFORMS}
    readings = keep(found, now)
    unknown = [f"{reading.name}: {', '.join(reading.unknown)}" for reading in readings if reading.unknown]
    gaps = f" Unknown: {'; '.join(unknown)}." if unknown else ""
    return f"Platform report of {now.date()}: {len(readings)} platforms.{gaps}"
