"""Small limits of their own for what costs something: a search, a vote, a login; and for looking at pages.

A plugin's page takes from a bucket by name:

    async def search(request: Request) -> Response:
        take(request, "webui.search", per_minute=60)
        ...

An address has its own tokens in each bucket; of IPv6 a /64 counts as one address, as a home has one. The buckets are
those of this process.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import lru_cache
from time import monotonic

from starlette.requests import Request
from starlette.types import Message, Scope, Send

from slomix.web.guard import address
from slomix.web.limits import Limiter, too_many

#: Names are written in code, so that there are few.
MOST_BUCKETS = 200
_TOO_OFTEN = "That was more often than {per_minute} times within a minute from your address."


class Buckets:
    """The named limits of one application."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._limiters: dict[str, Limiter] = {}

    def limiter(self, name: str, *, per_minute: float, burst: int) -> Limiter:
        """The limiter of a bucket, made with these numbers when it is asked for first."""
        found = self._limiters.get(name)
        if found is None:
            if len(self._limiters) >= MOST_BUCKETS:
                raise RuntimeError(
                    f"there are {MOST_BUCKETS} buckets already; {name!r} must be made of what people send"
                )
            found = self._limiters[name] = Limiter(per_minute=per_minute, burst=burst, clock=self._clock)
        return found


def take(request: Request, name: str, *, per_minute: int, burst: int | None = None, sentence: str = _TOO_OFTEN) -> None:
    """Count this request in the bucket `name`, which begins with the plugin's name.

    `burst` may come at once (`per_minute` without it). Raises `TooManyRequests` with `sentence` and Retry-After.
    """
    buckets: Buckets = request.app.state.buckets
    limiter = buckets.limiter(name, per_minute=per_minute, burst=burst or per_minute)
    if wait := limiter.take(visitor(request.scope)):
        raise too_many(sentence.format(per_minute=per_minute), wait)


def visitor(scope: Scope) -> str:
    """Whom a request is counted for: the address, or the network of an IPv6 address."""
    return _counted_as(address(scope))


class Views:
    """Counts pages that are looked at. Programs on this machine are not counted, nor answers that say "unchanged"."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._per_minute = per_minute
        self._limiter = Limiter(per_minute=per_minute, burst=per_minute, clock=clock)

    def counting(self, scope: Scope, send: Send) -> Send:
        """`send` for the answer to this request, which counts it. Raises `TooManyRequests` where it is one too many."""
        who = visitor(scope)
        if scope["method"] not in ("GET", "HEAD") or _is_here(who):
            return send
        if wait := self._limiter.wait(who):
            raise too_many(f"You looked at more than {self._per_minute} pages within a minute.", wait)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] != 304:
                self._limiter.take(who)
            await send(message)

        return counted


@lru_cache(maxsize=1024)
def _counted_as(text: str) -> str:
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(parsed, ipaddress.IPv4Address):
        return text
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if not parsed.is_loopback else text


@lru_cache(maxsize=1024)
def _is_here(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return not text
