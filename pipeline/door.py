"""GitHub for others than a run: a client for the few requests that marketing sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from pipeline.etl.demo_rows import has_demo_rows
from pipeline.github.budget import Budget
from pipeline.github.client import GitHubClient
from pipeline.source import github

CONNECTIONS = 4


@contextmanager
def open_github(now: datetime | None = None) -> Iterator[GitHubClient]:
    """A client of the GitHub that the database's rows come from: the embedded one where they are made up.

    Its methods raise the classified errors of pipeline.github.errors, each a sentence without a token.
    """
    if has_demo_rows():
        from pipeline.demo_run import demo_github

        with demo_github(now or datetime.now(UTC)) as (url, token):
            yield GitHubClient(url, Budget((token,)), connections=CONNECTIONS)
    else:
        source = github()
        yield GitHubClient(source.base_url, Budget(source.tokens), connections=CONNECTIONS)
