"""Fixtures of the pipeline's tests: the warehouse's invariants, and an embedded GitHub over real HTTP."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from pipeline.demo.names import EMPLOYEES, OFFICIAL_ORGS
from pipeline.demo.server import Server, serve
from pipeline.demo.universe import Universe
from pipeline.source import Source
from pipeline.streams.context import RenderOwners
from pipeline.tests.invariants import broken

ANCHOR = date(2026, 11, 21)
TOPICS = ("render", "render-deploy", "render-blueprints")


@pytest.fixture
def warehouse_holds(db: None) -> Iterator[None]:
    """Checks the warehouse's invariants after the test."""
    yield
    assert broken() == {}


@pytest.fixture(scope="session")
def embedded_server() -> Iterator[Server]:
    with serve(Universe(anchor=ANCHOR, now=datetime.fromisoformat("2026-11-21T10:00:00+00:00"))) as server:
        yield server


@pytest.fixture
def server(embedded_server: Server) -> Iterator[Server]:
    """The embedded GitHub at 2026-11-21 10:00 UTC, without faults and with an empty log."""
    _reset(embedded_server)
    yield embedded_server
    _reset(embedded_server)


def _reset(server: Server) -> None:
    server.now = datetime.fromisoformat("2026-11-21T10:00:00+00:00")
    server.api.faults.set([])
    server.log.clear()


@pytest.fixture
def source(server: Server) -> Source:
    return Source(server.url, ("token",), RenderOwners(OFFICIAL_ORGS, EMPLOYEES, TOPICS), is_demo=True)
