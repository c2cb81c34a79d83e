"""`slomix servers agent`: the game host's agent as a folder that is ready to be copied there."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click

import slomix
from slomix.cli.invocation import Invocation, pass_invocation, run_async
from slomix.errors import SlomixError

AGENT, SETTINGS, UNIT, TOKEN = "slomix_agent.py", "slomix-agent.ini", "slomix-agent.service", "slomix-agent.token"


def agent_folder() -> Path:
    """Where the agent lies: `slomix/agent` in an installed wheel, else `contrib/agent` of the source tree."""
    package = Path(slomix.__file__).parent
    packaged = package / "agent"
    return packaged if packaged.is_dir() else package.parents[1] / "contrib" / "agent"


@click.command("agent")
@click.argument("name")
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="The folder to fill.")
@click.option("--url", help="Where the game host reaches Slomix; slomix.web.public_url without it.")
@pass_invocation
def agent(invocation: Invocation, /, name: str, out: Path, url: str | None) -> None:
    """Write the agent for a game host: one file, its settings, a systemd unit and a token of its own."""
    settings = invocation.settings()
    url = url or settings.core.web.public_url
    if url is None:
        raise click.UsageError("Say where the game host reaches Slomix: --url, or the setting slomix.web.public_url.")
    out.mkdir(parents=True, exist_ok=True)
    if (out / TOKEN).exists():
        raise SlomixError(f"{out} holds an agent with its token already; choose another folder with --out.")
    token = run_async(_token(invocation, name))
    source = agent_folder()
    for file in (AGENT, UNIT):
        shutil.copyfile(source / file, out / file)
    text = (source / SETTINGS).read_text("utf-8")
    (out / SETTINGS).write_text(re.sub(r"(?m)^url = .*$", lambda _: f"url = {url}", text), "utf-8")
    (out / TOKEN).touch(mode=0o600)
    (out / TOKEN).write_text(f"{token}\n", "ascii")
    click.echo(f"{out} has the agent of {name!r}: put the folders of the game into {SETTINGS}, copy the files to where")
    click.echo(f"they say, and run `python3 {AGENT} --check` there. The token is in {TOKEN}; it is shown nowhere else.")


async def _token(invocation: Invocation, name: str) -> str:
    from slomix.identity.servers import create_token, ensure_server
    from slomix.runtime import open_database

    async with open_database(invocation.settings()) as db, db.transaction() as tx:
        await ensure_server(tx, name)
        return await create_token(tx, name)
