"""`POST /availability/answer`: somebody who is logged in says whether they play on a day, as by a button in Discord."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse

from slomix.web.api import BadRequest
from slomix.web.auth import require_login
from slomix.web.buckets import take
from slomix_availability.api import STATUSES, Status
from slomix_availability.days import parse_day, today_of
from slomix_availability.store import Answers

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from slomix.context import PluginContext

#: What a form of ours sends: a day and an answer.
MOST_FIELDS = 4
MOST_BYTES = 64
#: Somebody who fills in a week changes their mind about some of it.
PER_MINUTE = 40
#: The button that takes an answer back.
CLEAR = "clear"


async def take_answer(ctx: PluginContext, request: Request) -> Response:
    """Write it down and show the page. Raises `LoginNeeded`, `TooManyRequests` or `BadRequest` with a sentence."""
    me = await require_login(request)
    take(request, "availability.answer", per_minute=PER_MINUTE)
    async with request.form(max_files=0, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES) as form:
        sent = {name: str(value) for name, value in form.items()}
    day, status = meant(sent, today_of(ctx.clock.now(), ctx.core.timezone))
    await Answers(ctx).answer(day, me.discord_id, status)
    # the page that follows shows it, also before the news of it has come round
    request.app.state.answers.moved()
    return RedirectResponse(f"/availability/#day-{day.isoformat()}", 303)


def meant(sent: Mapping[str, str], today: date) -> tuple[date, Status | None]:
    """The day and the answer that a form means; no answer takes it back. Raises `BadRequest`."""
    status = next((known for known in STATUSES if known == sent.get("status")), None)
    if status is None and sent.get("status") != CLEAR:
        raise BadRequest(f"An answer is one of {', '.join(STATUSES)}, or {CLEAR}.")
    try:
        return parse_day(sent.get("day", "")[:MOST_BYTES], today), status
    except ValueError as error:
        raise BadRequest(f"{error}.") from None
