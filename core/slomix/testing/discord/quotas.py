"""Rate limits as Discord has them: so many requests per route and time, and now and then none at all."""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass

from slomix.testing.discord.models import Json

#: Discord lets the answers to people through when everything else is limited.
_EXEMPT = ("/webhooks/", "/interactions/")


def too_many(seconds: float, *, globally: bool = False) -> tuple[Json, dict[str, str]]:
    """Body and headers of a 429. Without `Via` discord.py takes it for a ban by the proxy in front of Discord."""
    body: Json = {"message": "You are being rate limited.", "retry_after": seconds, "global": globally}
    headers = {"Retry-After": str(math.ceil(seconds)), "Via": "1.1 fake"}
    return body, headers | ({"X-RateLimit-Global": "true"} if globally else {})


@dataclass(slots=True)
class _Bucket:
    pattern: re.Pattern[str]
    requests: int
    seconds: float
    opened: float = -math.inf
    used: int = 0

    def take(self, now: float) -> bool:
        """Count a request; False where the bucket is empty."""
        if now >= self.opened + self.seconds:
            self.opened, self.used = now, 0
        self.used += 1
        return self.used <= self.requests

    def headers(self, now: float) -> dict[str, str]:
        after = max(self.opened + self.seconds - now, 0.0)
        return {
            "X-RateLimit-Limit": str(self.requests),
            "X-RateLimit-Remaining": str(max(self.requests - self.used, 0)),
            "X-RateLimit-Reset": f"{time.time() + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
            "X-RateLimit-Bucket": f"{abs(hash(self.pattern.pattern)):x}",
        }


class Quotas:
    """All limits. `refused` lists each request that was answered with 429, as "METHOD /path"."""

    def __init__(self) -> None:
        self.refused: list[str] = []
        self._buckets: list[_Bucket] = []
        self._closed_until = -math.inf

    def ration(self, pattern: str, requests: int, seconds: float) -> None:
        """From now on so many requests whose "METHOD /path" matches, in so much time."""
        self._buckets.append(_Bucket(re.compile(pattern), requests, seconds))

    def close(self, seconds: float) -> None:
        """Answer every request with a global 429 for so long."""
        self._closed_until = time.monotonic() + seconds

    def take(self, request: str) -> tuple[tuple[Json, dict[str, str]] | None, dict[str, str]]:
        """Count a request: the 429 to answer with, if any, and the headers of an answer that is given."""
        now = time.monotonic()
        if now < self._closed_until and not any(path in request for path in _EXEMPT):
            self.refused.append(request)
            return too_many(self._closed_until - now, globally=True), {}
        bucket = next((bucket for bucket in self._buckets if bucket.pattern.search(request)), None)
        if bucket is None:
            return None, {}
        if bucket.take(now):
            return None, bucket.headers(now)
        self.refused.append(request)
        body, headers = too_many(max(bucket.opened + bucket.seconds - now, 0.001))
        return (body, headers | bucket.headers(now)), {}
