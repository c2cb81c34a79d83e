"""Readers: nobody, somebody who is logged in, and those who may do more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from slomix.testing.login import log_in
from slomix.testing.running import Running
from slomix.web.cookies import HINT, SESSION

Reader = Literal["nobody", "user", "moderator", "admin", "owner"]
READERS: tuple[Reader, ...] = get_args(Reader)
_TIERS: Mapping[Reader, Literal["everyone", "moderator", "admin", "owner"]] = {
    "user": "everyone",
    "moderator": "moderator",
    "admin": "admin",
    "owner": "owner",
}


async def cookies_of(program: Running, reader: Reader) -> dict[str, str]:
    """The cookies of such a reader's browser, logged in just now; none of nobody."""
    if reader == "nobody":
        return {}
    account = 1 + READERS.index(reader)
    session_id = await log_in(program.runtime, account, name=f"Test {reader}", tier=_TIERS[reader], rights=())
    return {SESSION: session_id, HINT: "1"}
