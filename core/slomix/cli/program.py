"""The command group: global options, commands that are imported when they are called, readable failures."""

from __future__ import annotations

import importlib
import io
import keyword
import sys
from pathlib import Path
from typing import Any

import click

from slomix.cli.invocation import Invocation
from slomix.errors import SlomixError

#: Every command of the core and its line in the list; its module is imported only when it is called.
COMMANDS = {
    "up": "Run everything: import, Discord and pages.",
    "web": "Serve the pages only.",
    "bot": "Run the Discord bot only.",
    "worker": "Watch folders and run jobs and deliveries only.",
    "init": "Set up a community: settings, invite link, upload token.",
    "demo": "Show a community that plays, live, without any setup.",
    "ingest": "Import files by hand; see and retry what was refused.",
    "import": "Read tables of another system: links, names, teams, decisions.",
    "export": "Write player-rounds, matches or sessions as a table.",
    "events": "Show what happened; deliver it again.",
    "jobs": "Show, retry, bury and cancel background jobs.",
    "people": "Who is who: find, link, merge, split; a person's data.",
    "servers": "Name game servers and give them upload tokens.",
    "simulate": "Play evenings and write genuine stats files.",
    "plugins": "List, enable and disable plugins.",
    "plugin": "Write a plugin, and check what it promises.",
    "doctor": "Look at what can be wrong and say what to do.",
    "settings": "Show every setting and where it comes from.",
    "db": "Look after the embedded database.",
    "migrate": "Bring the database up to date.",
}
INTERRUPTED = 130


class Program(click.Group):
    """Imports `slomix.cli.<name>` for a command, and asks a plugin for words that the core does not know."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            attribute = cmd_name.replace("-", "_") + ("_" if keyword.iskeyword(cmd_name) else "")
            command: click.Command = getattr(importlib.import_module(f"slomix.cli.{attribute}"), attribute)
            return command
        from slomix.cli.contributed import plugin_command

        return plugin_command(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _override(ctx: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in values:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise click.BadParameter(f"{text!r} is not KEY=VALUE, such as web.port=8081")
        pairs[key.strip()] = value.strip()
    return pairs


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="A plugin's own commands are below its name: slomix PLUGIN --help",
)
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False), help="The plugins.toml to use.")
@click.option("-s", "--set", "overrides", multiple=True, callback=_override, metavar="KEY=VALUE", help="Set a value.")
@click.option("--only", multiple=True, metavar="NAME", help="Load only this plugin; may be repeated.")
@click.option("--without", multiple=True, metavar="NAME", help="Leave this plugin out; may be repeated.")
@click.option("--verbose", is_flag=True, help="Log every detail.")
@click.version_option(package_name="slomix", prog_name="slomix")
@click.pass_context
def slomix(ctx: click.Context, /, **options: Any) -> None:
    """One evening, from the game server to Discord and the browser."""
    ctx.obj = Invocation(**options)


def write_whole() -> None:
    """Put a buffer behind standard output where there is none (PYTHONUNBUFFERED).

    A write to the bare file may take a part only when a signal comes, a child that ended say, and nobody would notice.
    """
    out = sys.stdout
    if isinstance(getattr(out, "buffer", None), io.RawIOBase):
        sys.stdout = open(out.fileno(), "w", 1, encoding=out.encoding, errors=out.errors, closefd=False)  # noqa: SIM115


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; answers the exit code and never shows a traceback for an error made for people."""
    try:
        result = slomix.main(arguments, prog_name="slomix", standalone_mode=False)
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except SlomixError as error:
        print(f"slomix: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output went away (`slomix export … | head`): nothing is left to say.
        sys.stderr.close()
        return 1
    return result if isinstance(result, int) else 0
