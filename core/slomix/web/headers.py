"""The headers that every answer carries: what browsers may do with it, and the number of the request."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Where the scope keeps the number of the request; an incident has the same one.
REQUEST_ID = "slomix.request_id"
#: Set in the scope once somebody looked at who asks: what is answered is for that person only.
PRIVATE = "slomix.private"
#: A list in the scope of pairs that are added to the answer, whatever it is.
ADDED = "slomix.added_headers"

#: What no page of ours needs, and so no script in it may ask for.
_NOT_NEEDED = "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "payment", "usb"

SECURITY_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(f"{name}=()" for name in _NOT_NEEDED).encode()),
)
#: Said where the public address is https: browsers come by nothing else for a year.
STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
_OURS = frozenset(name for name, _ in (*SECURITY_HEADERS, STRICT_TRANSPORT))


class SecurityHeaders:
    """Pure ASGI: adds `SECURITY_HEADERS` and `X-Request-ID` to every answer; a plugin's own are replaced.

    What was answered to one person says so to caches between here and the browser.
    """

    def __init__(self, app: ASGIApp, *, https: bool = False) -> None:
        self.app = app
        self._always = (*SECURITY_HEADERS, STRICT_TRANSPORT) if https else SECURITY_HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(6)
        scope[REQUEST_ID] = request_id

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [pair for pair in message.get("headers", ()) if pair[0].lower() not in _OURS]
                if PRIVATE in scope:
                    headers = _for_one_person(headers)
                own = ((b"x-request-id", request_id.encode()), *scope.get(ADDED, ()))
                message["headers"] = [*headers, *self._always, *own]
            await send(message)

        await self.app(scope, receive, add)


def _for_one_person(headers: Sequence[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers with a `Cache-Control` that lets nobody but the browser keep the answer."""
    told = b", ".join(value for name, value in headers if name.lower() == b"cache-control")
    others = [pair for pair in headers if pair[0].lower() != b"cache-control"]
    if b"no-store" not in told:
        kept = [
            part for part in (part.strip() for part in told.split(b",")) if part not in (b"", b"public", b"private")
        ]
        told = b", ".join((b"private", *(kept or [b"no-cache"])))
    return [*others, (b"cache-control", told), (b"vary", b"Cookie")]
