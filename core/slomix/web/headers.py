"""The headers that every answer carries: what browsers may do with it, and the number of the request."""

from __future__ import annotations

import secrets

from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Where the scope keeps the number of the request; an incident has the same one.
REQUEST_ID = "slomix.request_id"

SECURITY_HEADERS = (
    (
        b"content-security-policy",
        b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_OURS = frozenset(name for name, _ in SECURITY_HEADERS)


class SecurityHeaders:
    """Pure ASGI: adds `SECURITY_HEADERS` and `X-Request-ID` to every answer; a plugin's own are replaced."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(6)
        scope[REQUEST_ID] = request_id

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [pair for pair in message.get("headers", ()) if pair[0].lower() not in _OURS]
                message["headers"] = [*headers, *SECURITY_HEADERS, (b"x-request-id", request_id.encode())]
            await send(message)

        await self.app(scope, receive, add)
