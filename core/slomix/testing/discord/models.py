"""What the fake keeps: messages, interactions, and the calls that a client made."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

#: Interaction types, as Discord numbers them.
COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
#: Kinds of answers to an interaction.
ANSWER, DEFER, DEFER_UPDATE, UPDATE, CHOICES, OPEN_MODAL = 4, 5, 6, 7, 8, 9
EPHEMERAL = 64


@dataclass(slots=True)
class Message:
    """A message of the channel or an answer to an interaction.

    `deferred`: the answer is "thinking" so far. `choices` and `modal` are set where the answer is one of those.
    """

    id: str
    channel_id: str
    author: Json
    sent_at: datetime
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    ephemeral: bool = False
    deferred: bool = False
    nonce: str | None = None
    edited_at: datetime | None = None
    edits: int = 0
    choices: list[Json] | None = None
    modal: Json | None = None
    #: the command that this answers, `stats player`; empty for everything else
    used: str = ""

    @property
    def text(self) -> str:
        """Everything a reader sees, for assertions."""
        parts = [self.content]
        for embed in self.embeds:
            parts += [embed.get("title") or "", embed.get("description") or ""]
            parts += [f"{f['name']}\n{f['value']}" for f in embed.get("fields", ())]
            parts.append((embed.get("footer") or {}).get("text") or "")
        return "\n".join(part for part in parts if part)

    def custom_ids(self) -> list[str]:
        """The custom ids of the buttons that can be pressed, in reading order."""
        buttons = [item for row in self.components for item in row.get("components", ())]
        return [b["custom_id"] for b in buttons if "custom_id" in b and not b.get("disabled")]


@dataclass(slots=True)
class Interaction:
    """One thing a person did that the bot has to answer.

    `source` is the message whose button was pressed, `used` the command that was run.
    """

    id: str
    token: str
    kind: int
    created: float
    source: Message | None
    #: resolves to what the person sees: an answer, the end of a deferral, choices or a modal
    shown: asyncio.Future[Message]
    used: str = ""
    acknowledged: bool = False
    original: Message | None = None

    def show(self, message: Message) -> None:
        """The person sees this."""
        if not self.shown.done():
            self.shown.set_result(message)


@dataclass(frozen=True, slots=True)
class Call:
    """One REST request of a client; `path` without the API base."""

    method: str
    path: str
    body: Any


class ApiError(Exception):
    """An answer that is an error: HTTP status, Discord's code and text."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {"message": message, "code": code, **more}


def invalid(where: str, problem: str) -> ApiError:
    """A malformed body. `where` is the path of the field, `embeds.0.title`; the answer nests it as Discord's does."""
    errors: Json = {"_errors": [{"code": "INVALID", "message": problem}]}
    for key in reversed(where.split(".")):
        errors = {key: errors}
    return ApiError(400, 50035, "Invalid Form Body", errors=errors)
