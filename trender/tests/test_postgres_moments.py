from datetime import UTC, datetime

import pytest
from django.db import DataError, connection

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("about PostgreSQL's driver")


def read(text: str) -> datetime | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::timestamptz", [text])
        (moment,) = cursor.fetchone()
    return moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-21 10:00:00+00", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("2026-11-21 10:00:00.5+02", datetime(2026, 11, 21, 8, 0, 0, 500_000, tzinfo=UTC)),
        ("2026-11-21 10:00:00.000001-05:30", datetime(2026, 11, 21, 15, 30, 0, 1, tzinfo=UTC)),
        ("0001-01-01 00:00:00+00", datetime.min.replace(tzinfo=UTC)),
        ("9999-12-31 23:59:59.999999+00", datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_as_it_was_written_in_utc(text, moment):
    assert read(text) == moment
    assert read(text).tzinfo is UTC


def test_nothing_stays_nothing():
    assert read(None) is None


@pytest.mark.parametrize("text", ["2026-11-21 10:00:00+00", "1850-06-01 00:00:00.25+00", "9999-12-31 23:30:00-00:15"])
def test_a_session_in_another_zone_reads_the_same_moment(text):
    expected = read(text)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'America/St_Johns'")
    assert read(text) == expected
    assert read(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["infinity", "-infinity", "20000-01-01 00:00:00+00", "0044-03-15 12:00:00+00 BC"])
def test_a_moment_that_python_cannot_hold_is_the_drivers_error(text):
    with pytest.raises(DataError):
        read(text)
