"""What Discord has to allow: the link that invites the bot, and the intents of its application."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slomix.errors import SlomixError

if TYPE_CHECKING:
    from slomix.settings import DiscordSettings

#: The rights that posts and answers need, and no other: send messages, embed links, attach files, read history.
PERMISSIONS = 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16
SCOPES = "bot+applications.commands"
INVITE = "https://discord.com/oauth2/authorize?client_id={}&scope={}&permissions={}"
#: Intents that have to be turned on by hand, and the two flags (of a large and of a small bot) that say they are.
PRIVILEGED = {
    "presences": (1 << 12 | 1 << 13, "Presence Intent"),
    "members": (1 << 14 | 1 << 15, "Server Members Intent"),
    "message_content": (1 << 18 | 1 << 19, "Message Content Intent"),
}
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Application:
    """The bot's application, as Discord tells it."""

    id: int
    flags: int


def invite_link(application_id: int) -> str:
    """Where an admin of a Discord server lets the bot in."""
    return INVITE.format(application_id, SCOPES, PERMISSIONS)


def lacking(wanted: Mapping[str, frozenset[str]], flags: int) -> list[str]:
    """A sentence for every privileged intent that a plugin wants and the application does not have."""
    told = []
    for intent, (bits, label) in PRIVILEGED.items():
        asking = sorted(plugin for plugin, intents in wanted.items() if intent in intents)
        if asking and not flags & bits:
            told.append(
                f"turn on {label!r} on the page Bot of Discord's developer portal: {', '.join(asking)} wants it"
            )
    return told


async def look_up(settings: DiscordSettings) -> Application:
    """Ask Discord whose the token is. Raises `SlomixError` with what to do."""
    import aiohttp

    assert settings.token is not None
    headers = {"Authorization": f"Bot {settings.token.get_secret_value()}"}
    limit = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(headers=headers, timeout=limit) as session,
            session.get(f"{settings.api_base.rstrip('/')}/oauth2/applications/@me") as answer,
        ):
            if answer.status == 401:
                raise SlomixError("Discord refuses the bot token; copy it anew from the page Bot of its application.")
            answer.raise_for_status()
            body = await answer.json()
    except (aiohttp.ClientError, TimeoutError) as error:
        reason = str(error) or type(error).__name__
        raise SlomixError(f"Discord can not be asked ({reason}); look again later, or give --application.") from error
    return Application(int(body["id"]), int(body.get("flags") or 0))
