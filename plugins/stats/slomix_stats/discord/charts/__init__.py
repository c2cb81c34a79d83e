"""Pictures where a picture says more. matplotlib is imported when the first one is drawn, in a thread of its own.

`await draw(radar, ...)` answers the PNG. A drawing function is pure: it takes plain values and a `Sheet`.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

#: One thread: matplotlib's fonts and caches are not made for several.
_painter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="charts")


async def draw(chart: Callable[..., bytes], *args: Any, **kwargs: Any) -> bytes:
    """Draw off the event loop; one picture after the other."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_painter, functools.partial(chart, *args, **kwargs))
