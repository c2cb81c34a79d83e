"""Rate limits: a token bucket for each who asks, in a table that can not grow without end. Pure but for the clock."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from time import monotonic

from slomix.web.problems import TooManyRequests

#: More who ask than this share what is left: the one that was quiet for longest starts anew.
MOST_KEYS = 10_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Limiter:
    """`per_minute` requests for each key in the long run, `burst` of them at once."""

    def __init__(self, *, per_minute: float, burst: int, clock: Callable[[], float] = monotonic) -> None:
        self._rate = per_minute / 60
        self._burst = burst
        self._clock = clock
        self._buckets: OrderedDict[Hashable, _Bucket] = OrderedDict()

    def take(self, key: Hashable) -> float:
        """Count a request: 0.0 where it may pass, else the seconds after which one may."""
        bucket = self._bucket(key)
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            return 0.0
        return (1 - bucket.tokens) / self._rate

    def wait(self, key: Hashable) -> float:
        """What `take` would say, without counting."""
        bucket = self._bucket(key)
        return 0.0 if bucket.tokens >= 1 else (1 - bucket.tokens) / self._rate

    def _bucket(self, key: Hashable) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            if len(self._buckets) >= MOST_KEYS:
                self._buckets.popitem(last=False)
            bucket = self._buckets[key] = _Bucket(float(self._burst), now)
        else:
            self._buckets.move_to_end(key)
            bucket.tokens = min(float(self._burst), bucket.tokens + (now - bucket.at) * self._rate)
            bucket.at = now
        return bucket


def too_many(sentence: str, wait_s: float) -> TooManyRequests:
    """The refusal: `sentence` ends with what to do, `wait_s` goes into Retry-After."""
    seconds = max(1, math.ceil(wait_s))
    return TooManyRequests(f"{sentence} Try again in {seconds} s.", headers={"Retry-After": str(seconds)})
