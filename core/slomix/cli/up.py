"""`slomix up`: every role in one process and one event loop; and what `web`, `bot` and `worker` have of it."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

if TYPE_CHECKING:
    from slomix.cli.roles import Role
    from slomix.ingest.pipeline import Pipeline
    from slomix.runtime import Role as RoleName
    from slomix.runtime import Runtime
    from slomix.settings import CoreSettings, FolderSource, Settings, SftpSource


#: A page makes thousands of objects and drops them again: a look for cycles comes after several pages.
COLLECT_AFTER = (20_000, 20, 20)


def plugin_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--only` and `--without` behind the command's name too."""
    command = click.option("--without", multiple=True, metavar="NAME", help="Leave this plugin out; may be repeated.")(
        command
    )
    return click.option("--only", multiple=True, metavar="NAME", help="Load only this plugin; may be repeated.")(
        command
    )


def listen_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--host` and `--port`."""
    command = click.option("--port", type=int, help="Port to listen on, 0 for a free one (slomix.web.port).")(command)
    return click.option("--host", help="Address to listen on (slomix.web.host).")(command)


@click.command(short_help="Run everything: import, Discord and pages.")
@plugin_options
@listen_options
@pass_invocation
def up(
    invocation: Invocation, only: tuple[str, ...], without: tuple[str, ...], host: str | None, port: int | None
) -> None:
    """Watch the folders of the game servers, import, post to Discord and serve the pages, until Ctrl-C."""
    run_role(invocation, "all", only, without, web__host=host, web__port=port)


def run_role(
    invocation: Invocation, role: RoleName, only: tuple[str, ...], without: tuple[str, ...], **overrides: Any
) -> None:
    """Run a role with the options of its command."""
    invocation.only += only
    invocation.without += without
    settings = invocation.settings(**overrides)
    run_async(serve(settings, role, **invocation.choice()))


async def serve(
    settings: Settings, role: RoleName = "all", *, only: Collection[str] | None = None, without: Collection[str] = ()
) -> None:
    """Run a role, or all, until SIGINT or SIGTERM. Prints one line to standard output when it is ready."""
    from slomix.cli.roles import run_roles, stop_on_signals
    from slomix.runtime import open_runtime

    async with open_runtime(settings, role=role, only=only, without=without) as runtime:
        stop = asyncio.Event()
        stop_on_signals(stop)
        parts = _parts(runtime, role)
        if role in ("bot", "worker"):
            click.echo(role_line(settings.core, role))
        await run_roles(parts, stop)


def _parts(runtime: Runtime, role: RoleName) -> list[Role]:
    """What runs side by side in a role. Live handlers are everywhere."""
    from slomix.cli.roles import Role
    from slomix.contrib import Parser
    from slomix.ingest.pipeline import Pipeline

    pipeline = Pipeline(runtime.db, runtime.host.records(Parser), runtime.bus, runtime.clock, runtime.settings.core)
    parts = [Role("live", runtime.run_live)]
    if role in ("all", "web"):
        parts.append(_web(runtime, pipeline, role))
    if role in ("all", "worker"):
        parts.append(Role("worker", runtime.worker.run))
        parts.append(Role("sessions left over", lambda: pipeline.sessions.settle_left(runtime.db)))
        parts.extend(_watching(runtime, pipeline))
    if role in ("all", "bot"):
        from slomix.bot.client import run_bot

        parts.append(Role("bot", lambda: run_bot(runtime)))
    return parts


def _web(runtime: Runtime, pipeline: Pipeline, role: RoleName) -> Role:
    from slomix.cli.roles import Role
    from slomix.web.app import build_app
    from slomix.web.server import CannotListen
    from slomix.web.server import serve as serve_web

    core = runtime.settings.core
    app = build_app(runtime, pipeline)

    def started(url: str) -> None:
        _leave_alone_what_stays()
        click.echo(ready_line(core, url) if role == "all" else f"Slomix serves its pages: {url}")

    return Role("web", lambda: serve_web(app, core.web.host, core.web.port, started=started), fatal=(CannotListen,))


def _leave_alone_what_stays() -> None:
    """Keep the collector of cycles from the modules, templates and routes, which never go.

    Looking through all of them took 40 ms, within a page, each time that pages had left enough behind.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


def _watching(runtime: Runtime, pipeline: Pipeline) -> list[Role]:
    from slomix.cli.roles import Role
    from slomix.ingest.watch import watch

    def watching(folder: FolderSource) -> Role:
        return Role(f"watch {folder.path}", lambda: watch(pipeline, folder))

    def fetching(source: SftpSource) -> Role:
        from slomix.ingest.sftp import poll

        return Role(f"fetch {source.name}", lambda: poll(pipeline, runtime.db, source))

    ingest = runtime.settings.core.ingest
    return [*map(watching, ingest.folders), *map(fetching, ingest.sftp)]


def ready_line(core: CoreSettings, url: str) -> str:
    """The one line that says: it runs, where, what is watched, and whether Discord is on."""
    return f"Slomix is up: {url} | {_folders(core)} | {_discord(core)}"


def role_line(core: CoreSettings, role: RoleName) -> str:
    """The same of a role that serves no pages."""
    return f"Slomix {role} is up: {_folders(core) if role == 'worker' else _discord(core)}"


def _folders(core: CoreSettings) -> str:
    watched = ", ".join([*(str(folder.path) for folder in core.ingest.folders), *(s.name for s in core.ingest.sftp)])
    return f"watching {watched}" if watched else "watching no folder (slomix.ingest.folders)"


def _discord(core: CoreSettings) -> str:
    return "Discord on" if core.discord.token is not None else "Discord off: no token (SLOMIX_DISCORD__TOKEN)"
