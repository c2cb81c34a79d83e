"""`slomix people`: who is who, and what is kept about a person."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from slomix.cli.invocation import Invocation, pass_invocation, run_async

if TYPE_CHECKING:
    from slomix.people.audit import Who
    from slomix.people.search import FoundPlayer
    from slomix.people.service import PeopleService

T = TypeVar("T")
Work = Callable[["PeopleService", "Who"], Awaitable[T]]

_WHY = click.option("--reason", default="", help="Why; it stands in the log.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")


@click.group()
def people() -> None:
    """Find people, link, merge and split them; a person's data.

    WHO is a GUID, a player id, a name, or discord:ID.
    """


@asynccontextmanager
async def _opened(invocation: Invocation, reason: str) -> AsyncIterator[tuple[PeopleService, Who]]:
    import getpass

    from slomix.people.audit import Who
    from slomix.runtime import open_runtime

    async with open_runtime(invocation.settings(), role="cli", **invocation.choice()) as runtime:
        yield runtime.people, Who(actor=f"cli:{getpass.getuser()}", reason=reason)


def _with_people(invocation: Invocation, work: Work[T], reason: str = "") -> T:
    """Run `work` in a program with all plugins: what is about people is in their tables too."""

    async def run() -> T:
        async with _opened(invocation, reason) as (service, who):
            return await work(service, who)

    return run_async(run())


def _print_json(value: Any) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2))


@people.command()
@click.argument("text")
@_JSON
@pass_invocation
def find(invocation: Invocation, /, text: str, as_json: bool) -> int:
    """Search players by GUID, id, account or part of a name."""

    async def work(service: PeopleService, who: Who) -> list[FoundPlayer]:
        return await service.find(text, limit=20)

    found = _with_people(invocation, work)
    if as_json:
        _print_json(found)
    elif not found:
        click.echo(f"Nobody is called {text!r}.")
    for each in found if not as_json else ():
        account = f", discord:{each.discord_id}" if each.discord_id else ""
        seen = f"{each.last_seen:%Y-%m-%d}"
        click.echo(f"{each.name}: {', '.join(each.guids)} ({each.player_id}{account}), last seen {seen}")
    return 0 if found else 1


@people.command()
@click.argument("who")
@pass_invocation
def show(invocation: Invocation, /, who: str) -> None:
    """Show one player: GUIDs, names, account, sick leaves and what was changed."""

    async def work(service: PeopleService, asking: Who) -> dict[str, Any]:
        found = await service.the_one(who)
        return {
            "player": found,
            "tier": await service.tier_of(found.discord_id) if found.discord_id else "everyone",
            "aliases": [dict(row) for row in await service.aliases(found.player_id)],
            "sick_leaves": await service.leaves(found.player_id),
            "log": await service.log(subject=f"player:{found.player_id}"),
        }

    _print_json(_with_people(invocation, work))


@people.command()
@click.argument("discord_id", type=int)
@click.argument("who")
@click.option("--name", default="", help="What the account is called on Discord.")
@_WHY
@pass_invocation
def link(invocation: Invocation, /, discord_id: int, who: str, name: str, reason: str) -> None:
    """Say that a Discord account is a player."""

    async def work(service: PeopleService, asking: Who) -> str:
        found = await service.the_one(who)
        await service.link(asking, discord_id, found.player_id, name)
        return found.name

    click.echo(f"The Discord account {discord_id} is {_with_people(invocation, work, reason)} now.")


@people.command()
@click.argument("who")
@_WHY
@pass_invocation
def unlink(invocation: Invocation, /, who: str, reason: str) -> None:
    """Take the Discord account from a player."""

    async def work(service: PeopleService, asking: Who) -> str:
        from slomix.people.search import PeopleError

        found = await service.the_one(who)
        if found.discord_id is None:
            raise PeopleError(f"{found.name} has no Discord account.")
        await service.unlink(asking, found.discord_id)
        return found.name

    click.echo(f"{_with_people(invocation, work, reason)} has no Discord account any more.")


@people.command()
@click.argument("who")
@click.argument("name", required=False)
@_WHY
@pass_invocation
def name(invocation: Invocation, /, who: str, name: str | None, reason: str) -> None:
    """Give a player a name of their own; without one the usual name comes back."""

    async def work(service: PeopleService, asking: Who) -> str:
        found = await service.the_one(who)
        await service.rename(asking, found.player_id, custom=name)
        return await service.display_name(found.player_id)

    click.echo(f"The name is {_with_people(invocation, work, reason)} now.")


@people.command()
@click.argument("who")
@click.argument("into")
@click.option("--together", is_flag=True, help="Also where both played in the same round.")
@_WHY
@pass_invocation
def merge(invocation: Invocation, /, who: str, into: str, together: bool, reason: str) -> None:
    """Make everything of WHO belong to INTO."""

    async def work(service: PeopleService, asking: Who) -> str:
        source, target = await service.the_one(who), await service.the_one(into)
        await service.merge(asking, source.player_id, target.player_id, together=together)
        return f"{source.name} is {await service.display_name(target.player_id)} now."

    click.echo(_with_people(invocation, work, reason))


@people.command()
@click.argument("who")
@click.argument("guids", nargs=-1, required=True)
@_WHY
@pass_invocation
def split(invocation: Invocation, /, who: str, guids: tuple[str, ...], reason: str) -> None:
    """Make some GUIDs of a player a player of their own."""

    async def work(service: PeopleService, asking: Who) -> str:
        found = await service.the_one(who)
        new = await service.split(asking, found.player_id, [guid.upper() for guid in guids])
        return f"{', '.join(guids)} is {await service.display_name(new)} ({new}) now."

    click.echo(_with_people(invocation, work, reason))


@people.command()
@click.argument("number", type=int)
@_WHY
@pass_invocation
def undo(invocation: Invocation, /, number: int, reason: str) -> None:
    """Take an entry of the log back: a link, a name, a merge or a split."""
    _with_people(invocation, lambda service, asking: service.undo(asking, number), reason)
    click.echo(f"Entry {number} is undone.")


@people.command()
@click.option("--of", "who", help="Only what was done to this player.")
@click.option("-n", "limit", default=20, show_default=True, help="So many entries.")
@_JSON
@pass_invocation
def log(invocation: Invocation, /, who: str | None, limit: int, as_json: bool) -> None:
    """Show who changed what: links, names, merges, tiers and rights."""

    async def work(service: PeopleService, asking: Who) -> list[Any]:
        subject = f"player:{(await service.the_one(who)).player_id}" if who else None
        return await service.log(subject=subject, limit=limit)

    found = _with_people(invocation, work)
    if as_json:
        _print_json(found)
        return
    for each in found:
        undone = f" (undone by {each.undone_by})" if each.undone_by else ""
        why = f": {each.reason}" if each.reason else ""
        click.echo(f"{each.id} {each.at:%Y-%m-%d %H:%M} {each.actor} {each.action} {each.subject}{why}{undone}")


@people.command()
@click.argument("who")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Default: standard output.")
@pass_invocation
def export(invocation: Invocation, /, who: str, output: Path | None) -> None:
    """Write everything that is kept about a person, by core and by every plugin, as one JSON."""
    import msgspec

    async def work(service: PeopleService, asking: Who) -> bytes:
        return msgspec.json.format(msgspec.json.encode(await service.export(await service.person(who))), indent=2)

    told = _with_people(invocation, work)
    if output is None:
        click.echo(told.decode())
    else:
        output.write_bytes(told + b"\n")
        click.echo(f"{output}: {len(told)} bytes. It is personal: give it to nobody else.")


@people.command()
@click.argument("who")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_invocation
def forget(invocation: Invocation, /, who: str, yes: bool) -> int:
    """Have nothing mention a person any more. This can not be undone."""

    async def work(service: PeopleService, asking: Who) -> int:
        person = await service.person(who)
        known = ", ".join((*person.guids, *([f"discord:{person.discord_id}"] if person.discord_id else [])))
        if not yes:
            click.confirm(f"Forget {' / '.join(person.names[:3]) or who} ({known})? It can not be undone.", abort=True)
        stranger = await service.forget(asking, person)
        click.echo(f"Done: {stranger.name} stands where the person stood. Backups and downloads are not touched.")
        return 0

    return _with_people(invocation, work)


@people.command()
@click.argument("discord_id", type=int)
@click.argument("right")
@click.option("--take", is_flag=True, help="Take it back.")
@click.option("--name", default="", help="What the account is called on Discord.")
@_WHY
@pass_invocation
def grant(invocation: Invocation, /, discord_id: int, right: str, *, take: bool, name: str, reason: str) -> None:
    """Give a Discord account a right of a plugin, or make it admin or moderator."""

    async def work(service: PeopleService, asking: Who) -> str:
        called = name or str(discord_id)
        if right in ("admin", "moderator"):
            tier: Literal["admin", "moderator"] = "admin" if right == "admin" else "moderator"
            done = (
                service.take_tier(asking, discord_id) if take else service.give_tier(asking, discord_id, tier, called)
            )
        elif take:
            done = service.revoke(asking, discord_id, right)
        else:
            done = service.grant(asking, discord_id, right, called)
        await done
        return f"{called}: {right} was {'taken' if take else 'given'}."

    click.echo(_with_people(invocation, work, reason))
