"""The dashboard's own pages, room by room."""

from __future__ import annotations

from slomix_webui.pages.boards import ROOM as BOARDS
from slomix_webui.pages.compare import ROOM as COMPARE
from slomix_webui.pages.docs import ROOM as DOCS
from slomix_webui.pages.form import ROOM as FORM
from slomix_webui.pages.home import ROOM as HOME
from slomix_webui.pages.live import ROOM as LIVE
from slomix_webui.pages.maps import ROOM as MAPS
from slomix_webui.pages.me import ROOM as ME
from slomix_webui.pages.memory import ROOM as MEMORY
from slomix_webui.pages.metrics import ROOM as METRICS
from slomix_webui.pages.nights import ROOM as NIGHTS
from slomix_webui.pages.players import ROOM as PLAYERS
from slomix_webui.pages.records import ROOM as RECORDS
from slomix_webui.pages.room import Room
from slomix_webui.pages.search import ROOM as SEARCH
from slomix_webui.pages.system import ROOM as SYSTEM

#: In the order in which their routes are tried.
ROOMS: tuple[Room, ...] = (
    HOME,
    NIGHTS,
    LIVE,
    BOARDS,
    PLAYERS,
    FORM,
    COMPARE,
    METRICS,
    ME,
    MEMORY,
    RECORDS,
    MAPS,
    SEARCH,
    SYSTEM,
    DOCS,
)
