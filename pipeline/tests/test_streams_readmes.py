"""READMEs come last: only those that need not wait for the minute's end."""

import pytest

from pipeline.github.batches import BatchSize
from pipeline.github.queries import Wanted
from pipeline.streams.context import chunks
from pipeline.streams.readmes import BATCH, KEEP_SECONDS, _affordable

WANTED = [Wanted(f"R_{number}", files=("README.md",)) for number in range(3 * BATCH - 5)]


@pytest.mark.parametrize(
    ("seconds_left", "read"),
    [(0.0, 0), (KEEP_SECONDS, 0), (KEEP_SECONDS + 1.4, BATCH), (KEEP_SECONDS + 3.7, len(WANTED)), (50.0, len(WANTED))],
)
def test_as_many_are_read_as_the_minute_has_room_for(seconds_left: float, read: int) -> None:
    size = BatchSize(25, seconds_each=0.05)  # 1.3 seconds for 20, 1.05 for the last 15
    batches = list(_affordable(chunks(WANTED, BATCH), size, seconds_left))
    assert [wanted for batch in batches for wanted in batch] == WANTED[:read]
