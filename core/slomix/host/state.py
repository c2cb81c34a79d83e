"""The states of plugins with their reasons, and the table that keeps them for `slomix plugins`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from slomix.redact import mask

if TYPE_CHECKING:
    from slomix.context import Db

#: `loaded` is on the way to `running`: imported and configured, not started yet.
State = Literal["disabled", "missing", "incompatible", "blocked", "failed", "loaded", "running", "degraded", "stopped"]
#: States in which a plugin takes part.
ACTIVE: frozenset[State] = frozenset({"loaded", "running", "degraded"})
#: States that `strict` refuses.
UNHEALTHY: frozenset[State] = frozenset({"missing", "incompatible", "blocked", "failed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginState:
    """What became of one plugin. `reason` is one sentence that says what to do; `hooks` is what it implements."""

    name: str
    state: State
    reason: str = ""
    version: str = ""
    hooks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # a reason often quotes an error of a driver, and is shown to everybody
        object.__setattr__(self, "reason", mask(self.reason))


FORGET = "delete from slomix.plugin_state where name <> all($1::text[])"
SAVE = """
insert into slomix.plugin_state (name, version, state, reason, hooks) values ($1, $2, $3, $4, $5)
on conflict (name) do update set
    version = excluded.version, state = excluded.state, reason = excluded.reason, hooks = excluded.hooks,
    started_at = now()
"""
LATEST = "select max(started_at) from slomix.plugin_state"
LOAD = "select name, version, state, reason, hooks from slomix.plugin_state order by name"


async def save(db: Db, states: Mapping[str, PluginState]) -> None:
    """Keep the states of this start, in place of those of the last one."""
    async with db.transaction() as tx:
        await tx.execute(FORGET, list(states))
        await tx.executemany(SAVE, _rows(states.values()))


async def save_some(db: Db, states: Iterable[PluginState]) -> None:
    """Keep states that changed since the start."""
    async with db.transaction() as tx:
        await tx.executemany(SAVE, _rows(states))


def _rows(states: Iterable[PluginState]) -> list[tuple[str, str, str, str, list[str]]]:
    return [(s.name, s.version, s.state, s.reason, list(s.hooks)) for s in states]


async def load(db: Db) -> dict[str, PluginState]:
    """The states of the last start by name."""
    return {
        row["name"]: PluginState(
            name=row["name"],
            state=row["state"],
            reason=row["reason"],
            version=row["version"] or "",
            hooks=tuple(row["hooks"]),
        )
        for row in await db.fetch(LOAD)
    }
