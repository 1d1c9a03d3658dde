"""How one made-up repository gathers stars, day by day."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock

from pipeline.demo.clock import DAY_SECONDS, Moment, epoch_seconds, sunday_of, weekday
from pipeline.demo.mix import mix, stir, unit

MODELLED_DAYS = 400  # before the anchor; older stars are spread evenly from the repository's birth
FIRST_STARS = 3  # of friends, on the first day
EXTENSION = 32  # days computed at a time as the clock goes on
HALF_WORD = float(1 << 32)
MASK = (1 << 32) - 1


@dataclass(frozen=True)
class Pace:
    """A style of gaining stars.

    `share` of the stars at the anchor came in the 210 days before it; `slope` is the change of pace in 100 days;
    every `wave_every` days a wave of attention may lift the pace by up to `wave_height` times and halves each
    `half_life` days; `weekend` is the pace of Saturdays and Sundays against the other days.
    """

    share: float
    slope: float = 0.0
    wave_every: int = 120
    wave_height: float = 0.0
    half_life: float = 6.0
    weekend: float = 0.85


STEADY = Pace(share=0.12, slope=0.05, weekend=0.8)
CLIMBER = Pace(share=0.35, slope=0.5, wave_every=95, wave_height=1.5, half_life=12)
RISER = Pace(share=0.5, slope=0.1, wave_every=150, wave_height=14, half_life=9)
NEWS = Pace(share=0.15, wave_every=47, wave_height=45, half_life=1.1)
SLEEPER = Pace(share=0.02, wave_every=200, wave_height=3)
DECLINER = Pace(share=0.06, slope=-0.7, weekend=0.7)
WEEKDAYS_ONLY = Pace(share=0.14, slope=0.1, weekend=0.25)
NEWCOMER = Pace(share=1.0, wave_every=400, wave_height=25, half_life=10)
PACES = (STEADY, CLIMBER, RISER, NEWS, SLEEPER, DECLINER, WEEKDAYS_ONLY)


class StarLife:
    """Stars of one repository at any moment.

    Within a day they come evenly with the clock, so counts are whole, never fall, and agree with the daily gains.
    """

    def __init__(self, salt: int, born: int, anchor: int, size: int, pace: Pace) -> None:
        self.salt, self.born, self.anchor, self.pace = salt, born, anchor, pace
        self.start = max(born, anchor - MODELLED_DAYS)
        self.phase = born if pace is NEWCOMER else mix(salt, 7) % pace.wave_every
        self.lock = Lock()
        self.gains: list[int] = []
        self.totals = [0]  # totals[n]: stars gained on the modelled days before day start + n
        self.rate = self._rate(size)
        self._extend(anchor)
        self.initial = 0 if born >= self.start else max(size - self.totals[anchor - self.start], FIRST_STARS)

    def gained(self, day: int) -> int:
        """Stars gained on the whole day."""
        if day < self.start:
            return self._spread(day + 1) - self._spread(day)
        self._extend(day)
        return self.gains[day - self.start]

    def before(self, day: int) -> int:
        """Stars when the day begins."""
        if day <= self.start:
            return self._spread(day)
        self._extend(day)
        return self.initial + self.totals[day - self.start]

    def at(self, moment: Moment) -> int:
        """Stars at the moment."""
        return self.before(moment.day) + self._so_far(moment)

    def week(self, sunday: int, moment: Moment) -> dict[str, object]:
        """One week as in GitHub's star history, {week: epoch seconds, total, days: 7 counts}; days to come are 0."""
        days = [self.gained(day) if day < moment.day else 0 for day in range(sunday, sunday + 7)]
        if sunday <= moment.day < sunday + 7:
            days[moment.day - sunday] = self._so_far(moment)
        return {"week": epoch_seconds(sunday), "total": sum(days), "days": days}

    def sundays(self, moment: Moment) -> range:
        """The first days of all weeks from the running one back to that of the birth."""
        return range(sunday_of(moment.day), sunday_of(self.born) - 1, -7)

    def _so_far(self, moment: Moment) -> int:
        return self.gained(moment.day) * moment.second // DAY_SECONDS

    def _spread(self, day: int) -> int:
        """Stars at the beginning of a day that is before the modelled ones, or is the first of them."""
        if day <= self.born:
            return 0
        return self.initial * (day - self.born) // (self.start - self.born)

    def _rate(self, size: int) -> float:
        """Stars a day at weight 1, such that the days before the anchor bring the pace's share of `size`."""
        if self.born < self.start:
            return size * self.pace.share / sum(weight for weight, _ in self._weights(self.anchor - 210, self.anchor))
        # All stars of a young repository came in the modelled days; one that is born later has `size` after 30 days.
        until = self.anchor if self.born < self.anchor else self.born + 30
        return size / sum(weight for weight, _ in self._weights(self.born, until))

    def _extend(self, day: int) -> None:
        """Makes sure that the day is computed.

        Always in the same pieces, however far is asked: the fading wave would else differ in its last bits.
        """
        if day < self.start + len(self.gains):
            return
        with self.lock:
            while day >= self.start + len(self.gains):
                first = self.start + len(self.gains)
                weights = self._weights(first, max(first, self.anchor) + EXTENSION)
                for n, (weight, throw) in enumerate(weights, first):
                    # The fraction of a star is thrown for, so that 0.3 a day makes 3 stars in 10 days.
                    gain = int(self.rate * weight + throw) + (FIRST_STARS if n == self.born else 0)
                    self.totals.append(self.totals[-1] + gain)
                    self.gains.append(gain)

    def _weights(self, first: int, end: int) -> Iterator[tuple[float, float]]:
        """(pace against an ordinary weekday at the anchor, throw in [0, 1)) of the days from `first` up to `end`.

        One stir a day gives both the noise and the throw; this is the loop that a universe spends its first moments in.
        """
        pace, salt, anchor = self.pace, mix(self.salt, 10), self.anchor
        fading = math.exp2(-1 / pace.half_life)
        wave = self._wave(first) / fading
        for day in range(first, end):
            bits = stir(salt ^ day)
            wave = self._wave(day) if (day - self.phase) % pace.wave_every == 0 else wave * fading
            trend = min(max(1 + pace.slope * (day - anchor) / 100, 0.1), 2.0)
            noise = 0.6 + 0.8 * (bits >> 32) / HALF_WORD
            yield noise * trend * (1 + wave) * (pace.weekend if weekday(day) > 4 else 1.0), (bits & MASK) / HALF_WORD

    def _wave(self, day: int) -> float:
        """What is left of the newest wave of attention; its birth is the first and highest wave of a newcomer."""
        pace = self.pace
        number, age = divmod(day - self.phase, pace.wave_every)
        first_of_all = pace is NEWCOMER and number == 0
        height = pace.wave_height if first_of_all else pace.wave_height * unit(self.salt, 8, number)
        return height * math.exp2(-age / pace.half_life)
