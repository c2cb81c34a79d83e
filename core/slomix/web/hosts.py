"""Which host names are ours, where the settings say under which address people come."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from slomix.settings import WebSettings
from slomix.web.problems import Problem

#: Load balancers ask for these by address.
_FOR_MACHINES = frozenset(("/healthz", "/readyz"))


class Misdirected(Problem):
    """421: asked for a host that is not ours."""

    status = HTTPStatus.MISDIRECTED_REQUEST


def public_origin(web: WebSettings) -> str | None:
    """`https://stats.example` of the setting public_url; None where there is none that a browser could open."""
    parts = urlsplit(web.public_url or "")
    if parts.scheme not in ("http", "https") or not parts.hostname or _is_unspecified(parts.hostname):
        return None
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def is_https(web: WebSettings) -> bool:
    """Whether people come by https."""
    return (public_origin(web) or "").startswith("https://")


class KnownHosts:
    """Pure ASGI: 421 for a host that is neither that of the public address, nor in slomix.web.hosts, nor this machine.

    A page that another name leads to here could read what only this network may see. Programs with a token are let in
    by any name: no page knows it.
    """

    def __init__(self, app: ASGIApp, *, origin: str, hosts: Iterable[str]) -> None:
        self.app = app
        self._origin = origin
        own = urlsplit(origin).hostname or ""
        self._names = frozenset(name.lower() for name in (own, *hosts))
        self._anyone = _is_here(own)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self._anyone and scope["path"] not in _FOR_MACHINES:
            headers = Headers(scope=scope)
            name = _name(headers.get("host", ""))
            if name not in self._names and not _is_here(name) and "authorization" not in headers:
                raise Misdirected(f"This Slomix is at {self._origin}.", link=("Go there", f"{self._origin}/"))
        await self.app(scope, receive, send)


def _name(host: str) -> str:
    """A `Host` header without port, brackets and final dot; empty where it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_here(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _is_unspecified(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_unspecified
    except ValueError:
        return False
