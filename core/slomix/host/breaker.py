"""The circuit breaker: a plugin whose handler or job is buried again and again is degraded, and says so.

Burials are counted where they lie, in the queue's table, so every process sees them and a restart forgets none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from slomix.context import Db
    from slomix.host.host import Host

#: So many burials of one handler or job within an hour open the breaker.
BURIALS = 10

COUNT = """
select case when j.entrypoint = $1 then convert_from(j.payload, 'UTF8')::jsonb ->> 'handler' else j.entrypoint end,
    count(*)
from slomix.pgqueuer j
where j.status = 'failed' and j.updated > now() - interval '1 hour'
group by 1
"""


class Breaker:
    """Looks at the burials of one program's plugins."""

    def __init__(self, host: Host, *, delivery_job: str, owners: Mapping[str, str]) -> None:
        """`delivery_job` hands events to handlers; `owners` maps a job to its plugin."""
        self._host = host
        self._delivery_job = delivery_job
        self._owners = owners
        self._open: dict[str, tuple[str, str]] = {}

    async def look(self, db: Db) -> None:
        """Degrade the plugins whose breaker opened since the last look, and take it back where it closed."""
        buried = {row[0] for row in await db.fetch(COUNT, self._delivery_job) if row[1] >= BURIALS}
        for name in buried - set(self._open):
            plugin = self._owner(name)
            reason = (
                f"{name} was given up {BURIALS} times within an hour; `slomix jobs` shows its error, "
                "mend it and let it run again with `slomix jobs retry`"
            )
            self._open[name] = plugin, reason
            self._host.degrade(plugin, reason)
        for name in set(self._open) - buried:
            self._host.mended(*self._open.pop(name))

    def _owner(self, name: str) -> str:
        """The plugin of a job or handler (`<plugin>.<function>`)."""
        return self._owners.get(name) or name.partition(".")[0]
