"""What `slomix doctor` looks at in the core; each check answers a finding and changes nothing."""

from __future__ import annotations

import asyncio
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from slomix.redact import mask
from slomix.settings import Settings

if TYPE_CHECKING:
    from slomix.storage.database import Database

LEAST_FREE_BYTES = 1 << 30
LARGEST_CLOCK_DIFFERENCE_S = 5.0
PATIENCE_SECONDS = 8.0
NOW = "select clock_timestamp()"
WALLED = "every plugin has roles of its own and reaches its own tables only"
NOT_WALLED = 'slomix.database.roles is "off": nothing keeps a plugin from the tables of the others'


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Answer of one check: what was looked at, whether it is fine, what was seen, what to do when it is not."""

    name: str
    ok: bool
    detail: str
    next_step: str = ""

    def __post_init__(self) -> None:
        # details quote drivers and plugins' own checks, and people post them where they ask for help
        object.__setattr__(self, "detail", mask(self.detail))
        object.__setattr__(self, "next_step", mask(self.next_step))


def careful(check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    """The answer of `check`, or a finding that says how it failed."""
    try:
        return check(settings)
    except Exception as error:
        name = check.__name__.replace("_", " ")
        return Finding(name=name, ok=False, detail=f"{type(error).__name__}: {error}", next_step="mend what it names")


def python() -> Finding:
    """The interpreter."""
    ok = sys.version_info >= (3, 11)
    detail = f"{platform.python_implementation()} {platform.python_version()} on {platform.system()}"
    return Finding(name="python", ok=ok, detail=detail, next_step="" if ok else "install Python 3.11 or newer")


def versions() -> Finding:
    """Slomix itself."""
    from slomix.host.discovery import core_version, discover

    found = ", ".join(f"{plugin.distribution} {plugin.version}" for plugin in discover().values())
    return Finding(name="version", ok=True, detail=f"slomix {core_version()}" + (f" with {found}" if found else ""))


def data_folder(settings: Settings) -> Finding:
    """Whether files can be written where state is kept."""
    folder = _existing(settings.core.data_dir)
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Finding(
            name="data folder",
            ok=False,
            detail=f"{settings.core.data_dir} can not be written: {error.strerror}",
            next_step="give this account the right to write there, or set SLOMIX_DATA_DIR",
        )
    return Finding(name="data folder", ok=True, detail=f"{settings.core.data_dir} can be written")


def disk_space(settings: Settings) -> Finding:
    """Free space where state is kept."""
    free = shutil.disk_usage(_existing(settings.core.data_dir)).free
    ok = free >= LEAST_FREE_BYTES
    return Finding(
        name="disk space",
        ok=ok,
        detail=f"{free / (1 << 30):.1f} GiB free for {settings.core.data_dir}",
        next_step="" if ok else "free some space, or move SLOMIX_DATA_DIR",
    )


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above that is there already."""
    return next((here for here in (folder, *folder.parents) if here.exists()), Path("/"))


def time_zones(settings: Settings) -> Finding:
    """The clock and the zones of game servers."""
    core = settings.core
    zones = {core.timezone, *(server.timezone for server in core.servers.values() if server.timezone)}
    now = datetime.now(UTC)
    shown = ", ".join(f"{now.astimezone(ZoneInfo(zone)):%H:%M} in {zone}" for zone in sorted(zones))
    return Finding(name="time zones", ok=True, detail=f"{now:%Y-%m-%d %H:%M} UTC is {shown}")


def watched_folders(settings: Settings) -> Finding:
    """Whether the folders of the game servers can be read."""
    folders = [source.path for source in settings.core.ingest.folders]
    if not folders:
        return Finding(
            name="watched folders", ok=True, detail="none: files come by upload or `slomix ingest`", next_step=""
        )
    for folder in folders:
        try:
            next(folder.iterdir(), None)
        except OSError as error:
            return Finding(
                name="watched folders",
                ok=False,
                detail=f"{folder} can not be read: {error.strerror}",
                next_step="make it, or correct slomix.ingest.folders (SLOMIX_INGEST__FOLDERS)",
            )
    return Finding(name="watched folders", ok=True, detail=", ".join(str(folder) for folder in folders))


def sftp_sources(settings: Settings) -> Finding:
    """Whether the files that are needed to fetch by SFTP are there; asks no other machine."""
    sources = settings.core.ingest.sftp
    if not sources:
        return Finding(name="sftp", ok=True, detail="nothing is fetched (slomix.ingest.sftp)")
    for source in sources:
        for path, what in ((source.known_hosts, "known_hosts"), (source.key, "key")):
            try:
                if path is not None:
                    path.open("rb").close()
            except OSError as error:
                return Finding(
                    name="sftp",
                    ok=False,
                    detail=f"{path}, the {what} of {source.name}, can not be read: {error.strerror}",
                    next_step=f"make it, or correct slomix.ingest.sftp: {what} is a file that this account can read",
                )
    return Finding(name="sftp", ok=True, detail=", ".join(source.name for source in sources))


def discord(settings: Settings) -> Finding:
    """Whether the bot has what it needs to start."""
    told = settings.core.discord
    if told.token is None:
        return Finding(name="discord", ok=True, detail="off: no bot token (SLOMIX_DISCORD__TOKEN turns it on)")
    if told.channel is None:
        return Finding(
            name="discord",
            ok=False,
            detail="there is a bot token and no channel for posts",
            next_step="put the channel's id into slomix.discord.channel (SLOMIX_DISCORD__CHANNEL)",
        )
    return Finding(name="discord", ok=True, detail=f"on, posts go to channel {told.channel}")


def login(settings: Settings) -> Finding:
    """Whether people can log in on the pages; asks nobody."""
    from slomix.web.auth import CALLBACK_PATH, why_off
    from slomix.web.hosts import is_https, public_origin

    web = settings.core.web
    if web.login.client_id is None:
        return Finding(name="login", ok=True, detail=f"off: {why_off(settings.core)}")
    if reason := why_off(settings.core):
        return Finding(name="login", ok=False, detail=reason, next_step="set it, or take the client id away")
    if web.login.roles and settings.core.discord.guild is None:
        return Finding(
            name="login",
            ok=False,
            detail="roles of the guild give rights (slomix.web.login.roles), and no guild is set",
            next_step="put its id into slomix.discord.guild (SLOMIX_DISCORD__GUILD)",
        )
    origin = public_origin(web)
    back = f"{origin}{CALLBACK_PATH}" if origin else f"{CALLBACK_PATH} of whatever host people come by (no public_url)"
    plain = "" if origin is None or is_https(web) else "; over http anybody in between can take a session"
    return Finding(name="login", ok=True, detail=f"on; the application's redirect has to be {back}{plain}")


async def database(settings: Settings) -> list[Finding]:
    """Whether PostgreSQL answers, its clock agrees and core's migrations are applied. Starts nothing."""
    from slomix.errors import SlomixError
    from slomix.storage import embedded
    from slomix.storage.binaries import find_binaries

    url = settings.core.database.url
    try:
        if url != "embedded":
            return await _look(settings, url, "the server of slomix.database.url")
        status = embedded.status(settings.core.data_dir)
        if status.dsn is not None:
            return await _look(settings, status.dsn, f"embedded below {status.home}")
        major = find_binaries().major
        detail = f"embedded PostgreSQL {major} below {status.home}, not running; whatever needs it starts it"
        return [Finding(name="database", ok=True, detail=detail)]
    except (SlomixError, OSError, TimeoutError) as error:
        reason = str(error) or f"no answer within {PATIENCE_SECONDS:g} s"
        return [_unreachable(reason)]
    except Exception as error:
        return [_unreachable(f"{type(error).__name__}: {error}")]


def _unreachable(reason: str) -> Finding:
    return Finding(
        name="database",
        ok=False,
        detail=reason,
        next_step="start PostgreSQL or correct slomix.database (SLOMIX_DATABASE__URL, SLOMIX_DATABASE__PASSWORD)",
    )


async def _look(settings: Settings, dsn: str, what: str) -> list[Finding]:
    from slomix.storage.database import Database
    from slomix.storage.migrate import status
    from slomix.storage.sources import core_migrations

    async with asyncio.timeout(PATIENCE_SECONDS):
        db = await Database.open(settings.core.database, dsn)
        try:
            version = await db.fetchval("show server_version")
            difference = abs((await db.fetchval(NOW) - datetime.now(UTC)).total_seconds())
            core = (await status(db.direct_dsn, [core_migrations()], roles=settings.core.database.walled))[0]
            fetched = [] if core.pending or core.error else await _fetched(db, settings)
        finally:
            await db.close()
    clock_ok = difference <= LARGEST_CLOCK_DIFFERENCE_S
    migrated = not core.pending and core.error is None
    pending = core.error or f"{len(core.pending)} of core's migrations are not applied yet"
    return [
        Finding(name="database", ok=True, detail=f"PostgreSQL {version} answers, {what}"),
        Finding(
            name="database clock",
            ok=clock_ok,
            detail=f"differs by {difference:.1f} s",
            next_step="" if clock_ok else "let both machines take their time from the network (NTP)",
        ),
        Finding(
            name="database walls",
            ok=migrated,
            detail=WALLED if settings.core.database.walled else NOT_WALLED,
            next_step="" if migrated else "run `slomix migrate`",
        ),
        Finding(
            name="migrations",
            ok=migrated,
            detail=f"all {len(core.applied)} of core are applied" if migrated else pending,
            next_step="" if migrated else "run `slomix migrate`",
        ),
        *fetched,
    ]


async def _fetched(db: Database, settings: Settings) -> list[Finding]:
    """What the last attempts to fetch by SFTP came to."""
    from slomix.ingest.remote import states

    return [
        Finding(
            name=f"sftp {state.source}",
            ok=state.trouble is None,
            detail=f"{state.trouble or 'looked at'} ({state.trouble_since or state.checked_at:%Y-%m-%d %H:%M} UTC)",
            next_step="" if state.trouble is None else "mend it; it is tried again by itself",
        )
        for state in await states(db, [source.name for source in settings.core.ingest.sftp])
    ]
