"""The cookies of people who log in: which names they have, and how they are set and taken away.

`slomix_session` holds the random id of a session, `slomix_login` a login that was begun; scripts can read neither. Over
https their names begin with `__Host-`, so that no other host and no plain http can set them. `slomix_in=1` says no more
than that somebody may be logged in: a script may ask for what is theirs, while pages stay the same for everybody.
"""

from __future__ import annotations

from typing import Literal

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from slomix.web.headers import ADDED

Secret = Literal["slomix_session", "slomix_login"]
SESSION: Secret = "slomix_session"
LOGIN: Secret = "slomix_login"
HINT = "slomix_in"
#: Of a cookie's value; ours are far shorter.
LONGEST = 2048


class Cookies:
    """Reads and writes them. `https`: the public address is a secure one, whatever this request came by."""

    def __init__(self, *, https: bool) -> None:
        self._https = https

    def read(self, request: Request, which: Secret) -> str:
        """The value, empty where there is none."""
        value = request.cookies.get(self.name(request, which), "")
        return value if len(value) <= LONGEST else ""

    def name(self, request: Request, which: Secret) -> str:
        """What the cookie is called in this browser."""
        return f"__Host-{which}" if self._secure(request) else which

    def set(self, request: Request, response: Response, which: Secret, value: str, seconds: int) -> None:
        """Put a cookie into an answer that only the server reads."""
        response.set_cookie(
            self.name(request, which),
            value,
            max_age=seconds,
            path="/",
            secure=self._secure(request),
            httponly=True,
            samesite="lax",
        )

    def log_in(self, request: Request, response: Response, session_id: str, seconds: int) -> None:
        """This browser is logged in from now on."""
        self.set(request, response, SESSION, session_id, seconds)
        response.set_cookie(
            HINT, "1", max_age=seconds, path="/", secure=self._secure(request), httponly=False, samesite="lax"
        )

    def log_out(self, request: Request) -> None:
        """Whatever this request is answered with, the browser is logged out by it."""
        self.drop(request, SESSION)
        carrier = Response()
        carrier.delete_cookie(HINT, path="/", secure=self._secure(request), samesite="lax")
        _add(request.scope, carrier)

    def drop(self, request: Request, which: Secret) -> None:
        """Whatever this request is answered with, the cookie goes."""
        carrier = Response()
        carrier.delete_cookie(
            self.name(request, which), path="/", secure=self._secure(request), httponly=True, samesite="lax"
        )
        _add(request.scope, carrier)

    def _secure(self, request: Request) -> bool:
        return self._https or request.url.scheme == "https"


def _add(scope: Scope, carrier: Response) -> None:
    cookies = MutableHeaders(raw=carrier.raw_headers).getlist("set-cookie")
    scope.setdefault(ADDED, []).extend((b"set-cookie", cookie.encode("latin-1")) for cookie in cookies)
