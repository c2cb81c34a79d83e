"""`slomix up`: every role in one process and one event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

if TYPE_CHECKING:
    from slomix.cli.roles import Role
    from slomix.runtime import Runtime
    from slomix.settings import CoreSettings, FolderSource, Settings


@click.command(short_help="Run everything: import, Discord and pages.")
@click.option("--only", multiple=True, metavar="NAME", help="Load only this plugin; may be repeated.")
@click.option("--without", multiple=True, metavar="NAME", help="Leave this plugin out; may be repeated.")
@click.option("--host", help="Address to listen on (slomix.web.host).")
@click.option("--port", type=int, help="Port to listen on, 0 for a free one (slomix.web.port).")
@pass_invocation
def up(
    invocation: Invocation, only: tuple[str, ...], without: tuple[str, ...], host: str | None, port: int | None
) -> None:
    """Watch the folders of the game servers, import, post to Discord and serve the pages, until Ctrl-C."""
    invocation.only += only
    invocation.without += without
    settings = invocation.settings(web__host=host, web__port=port)
    run_async(serve(settings, **invocation.choice()))


async def serve(settings: Settings, *, only: Collection[str] | None = None, without: Collection[str] = ()) -> None:
    """Run all roles until SIGINT or SIGTERM. Prints one line to standard output when pages are served."""
    from slomix.cli.roles import run_roles, stop_on_signals
    from slomix.runtime import open_runtime

    async with open_runtime(settings, role="all", only=only, without=without) as runtime:
        stop = asyncio.Event()
        stop_on_signals(stop)
        await run_roles(_roles(runtime), stop)


def _roles(runtime: Runtime) -> list[Role]:
    from slomix.bot.client import run_bot
    from slomix.cli.roles import Role
    from slomix.contrib import Parser
    from slomix.ingest.pipeline import Pipeline
    from slomix.ingest.watch import watch
    from slomix.web.app import build_app
    from slomix.web.server import CannotListen
    from slomix.web.server import serve as serve_web

    core = runtime.settings.core
    pipeline = Pipeline(runtime.db, runtime.host.records(Parser), runtime.bus, runtime.clock, core)
    app = build_app(runtime, pipeline)

    def started(url: str) -> None:
        click.echo(ready_line(core, url))

    def watching(folder: FolderSource) -> Role:
        return Role(f"watch {folder.path}", lambda: watch(pipeline, folder))

    return [
        Role("web", lambda: serve_web(app, core.web.host, core.web.port, started=started), fatal=(CannotListen,)),
        Role("live", runtime.run_live),
        Role("worker", runtime.worker.run),
        Role("bot", lambda: run_bot(runtime)),
        *(watching(folder) for folder in core.ingest.folders),
    ]


def ready_line(core: CoreSettings, url: str) -> str:
    """The one line that says: it runs, where, what is watched, and whether Discord is on."""
    watched = ", ".join(str(folder.path) for folder in core.ingest.folders)
    folders = f"watching {watched}" if watched else "watching no folder (slomix.ingest.folders)"
    discord = "Discord on" if core.discord.token is not None else "Discord off: no token (SLOMIX_DISCORD__TOKEN)"
    return f"Slomix is up: {url} | {folders} | {discord}"
