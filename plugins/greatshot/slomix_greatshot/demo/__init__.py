"""Reading, cutting and writing demos of ET: Legacy (`.dm_84`, `.dm_83`) and of its relays (`.tv_84`).

`read(file)` gives a `Demo` with everything that happened; `DemoReader(file)` streams it; `snapshots(file)` and
`cut(file, …)` work on the snapshots themselves. None of them needs a database, a game or the network.
"""

from __future__ import annotations

from slomix_greatshot.demo import sources

sources.choose()

from slomix_greatshot.demo.reader import READER, DemoReader, Limits, NotADemo  # noqa: E402
from slomix_greatshot.demo.summary import Demo, read  # noqa: E402

__all__ = ["READER", "Demo", "DemoReader", "Limits", "NotADemo", "read"]
