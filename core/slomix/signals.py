"""Telling whoever listens something small when a transaction commits: for code that has the transaction, but no bus."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from slomix.errors import PluginError

if TYPE_CHECKING:
    from slomix.events import Event
    from slomix.storage.database import Connection

SIGNAL = "select pg_notify('slomix_signal', $1)"
#: PostgreSQL takes notifications of less than 8,000 bytes.
LARGEST_SIGNAL = 7_500


async def signal(tx: Connection, event: Event) -> None:
    """Tell a small event when this transaction commits; it is not kept. Raises `PluginError` for a large one."""
    told = msgspec.json.encode({"key": event.key(), "payload": msgspec.to_builtins(event)}).decode()
    if len(told.encode()) > LARGEST_SIGNAL:
        raise PluginError(f"{event.key()} is too large for a signal; publish it, or tell only the ids")
    await tx.execute(SIGNAL, told)
