"""When a reader was here before: a cookie with two moments that a script keeps, or a form. No account is needed.

`<since>.<last>` in seconds since 1970: when the visit before this one ended (0: there was none), and when the browser
was here last. Reading a page changes nothing; `static/js/seen.js` and `POST /me/news/seen` write it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

from slomix.web.auth import own_path
from slomix_webui.frame.preferences import YEAR_S

if TYPE_CHECKING:
    from starlette.requests import Request

COOKIE = "slomix_seen"
#: A longer absence begins a new visit; the same is in `seen.js`.
VISIT = timedelta(hours=2)
#: Nobody is told more than this.
LONGEST = timedelta(days=90)

_COOKIE = re.compile(r"(\d{1,11})\.(\d{1,11})")


def earlier_visit(cookie: str, now: datetime) -> datetime | None:
    """When the visit before this one ended, at most 90 days ago; None for a browser that was not here before. Pure."""
    found = _COOKIE.fullmatch(cookie)
    if found is None:
        return None
    before, last = int(found[1]), int(found[2])
    moment = last if now.timestamp() - last > VISIT.total_seconds() else before
    if not moment or moment > now.timestamp():
        return None
    return max(datetime.fromtimestamp(moment, UTC), now - LONGEST)


async def keep_seen(request: Request, now: datetime) -> Response:
    """`POST /me/news/seen`: all of it is read; from now on there is news since now."""
    async with request.form(max_files=0, max_fields=2) as form:
        back = str(form.get("back", ""))
    answer = RedirectResponse(own_path(back), 303)
    moment = int(now.timestamp())
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, f"{moment}.{moment}", max_age=YEAR_S, secure=secure, samesite="lax")
    return answer
