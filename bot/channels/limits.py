"""How fast one session or one address may ask. In memory: each process counts for itself."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Pace:
    """`burst` at once, then `a_second` on the average."""

    burst: float
    a_second: float


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime


class Limiter:
    """Token buckets by key; the least recently used are forgotten first, so memory stays flat."""

    def __init__(self, pace: Pace, remembered: int = 20_000) -> None:
        self.pace = pace
        self.remembered = remembered
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def allows(self, key: str, now: datetime) -> bool:
        """Take one token; False when there is none."""
        bucket = self._refilled(key, now)
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    def exhausted(self, key: str, now: datetime) -> bool:
        """Whether the next one would be refused; takes nothing."""
        return self._refilled(key, now).tokens < 1

    def _refilled(self, key: str, now: datetime) -> _Bucket:
        bucket = self._buckets.setdefault(key, _Bucket(self.pace.burst, now))
        self._buckets.move_to_end(key)
        passed = max((now - bucket.at).total_seconds(), 0.0)
        bucket.tokens = min(self.pace.burst, bucket.tokens + passed * self.pace.a_second)
        bucket.at = now
        if len(self._buckets) > self.remembered:
            self._buckets.popitem(last=False)
        return bucket


SPEAKING = Pace(burst=20, a_second=0.5)  # one resident, one chat
READING = Pace(burst=60, a_second=2)  # a page that polls every three seconds, in three windows
SPEAKING_PLACE = Pace(burst=200, a_second=5)  # an address may be a whole housing estate
READING_PLACE = Pace(burst=1000, a_second=50)
GUESSING = Pace(burst=10, a_second=1 / 360)  # wrong codes for one ticket: ten, then ten an hour


class Doorman:
    """The limits of one process."""

    def __init__(self) -> None:
        self.speaking, self.speaking_place = Limiter(SPEAKING), Limiter(SPEAKING_PLACE)
        self.reading, self.reading_place = Limiter(READING), Limiter(READING_PLACE)
        self.guesses = Limiter(GUESSING)
