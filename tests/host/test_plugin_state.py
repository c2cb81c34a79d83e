"""The states of the last start are kept, and those of plugins that are gone are not."""

from __future__ import annotations

from slomix.host.state import PluginState, load, save
from slomix.storage.database import Database


async def test_states_are_kept_and_replaced(db: Database) -> None:
    stats = PluginState(name="stats", state="running", version="1.0", hooks=("register_jobs", "startup"))
    broken = PluginState(name="broken", state="failed", reason="import: no", version="2")
    await save(db, {"stats": stats, "broken": broken})
    assert await load(db) == {"broken": broken, "stats": stats}
    ghost = PluginState(name="ghost", state="missing", reason="install it")
    await save(db, {"stats": PluginState(name="stats", state="stopped"), "ghost": ghost})
    assert await load(db) == {"ghost": ghost, "stats": PluginState(name="stats", state="stopped")}
