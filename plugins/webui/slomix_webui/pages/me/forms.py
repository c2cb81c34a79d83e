"""Where the forms of `/me` are sent to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec
from starlette.responses import Response

from slomix import contrib
from slomix.web import account, auth
from slomix_webui.api import Choice, Field, Refused
from slomix_webui.frame.deeds import Deed, as_pages, asked_by, perform, posted
from slomix_webui.frame.house import House

if TYPE_CHECKING:
    from starlette.requests import Request

    from slomix.context import PluginContext

#: What somebody writes to be forgotten.
WORD = "forget"
LONGEST_ID = 64
LONGEST_NAME = 64


def routes(ctx: PluginContext) -> Iterable[contrib.Page]:
    """All of them, and the copy of one's data."""
    house = ctx.services.get(House)
    made: Mapping[str, Callable[[Request], Deed | Awaitable[Deed]]] = {
        "claim": _claim,
        "unlink": _unlink,
        "name": _name,
        "device": _device,
        "forget": _forget,
    }
    for name, deed in made.items():
        yield posted(house, f"/me/{name}", _sent(house, deed), f"me.{name}")
    yield contrib.Page(path="/me/data", endpoint=as_pages(house, _data, changes=False), name="me.data", root=True)


def _sent(house: House, make: Callable[[Request], Deed | Awaitable[Deed]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        viewer = await auth.require_login(request)
        deed = make(request)
        return await perform(house, asked_by(house, request, viewer), deed if isinstance(deed, Deed) else await deed)

    return endpoint


def _claim(request: Request) -> Deed:
    async def run(values: Mapping[str, str]) -> None:
        await account.claim(request, values["player"])

    return Deed(
        key="me.claim",
        title="That is me",
        run=run,
        back="/me#player",
        fields=(Field(name="player", label="Player", kind="hidden", required=True, most=LONGEST_ID),),
        confirm="Everybody sees it, and it stands in the log. An admin can take it back.",
    )


def _unlink(request: Request) -> Deed:
    async def run(values: Mapping[str, str]) -> None:
        await account.unlink(request)

    return Deed(
        key="me.unlink",
        title="That is not me",
        run=run,
        back="/me#player",
        confirm="Your votes and settings stay yours, the player's rounds stay the player's.",
    )


async def _name(request: Request) -> Deed:
    async def run(values: Mapping[str, str]) -> None:
        if values["custom"] and values["alias"]:
            raise Refused("Choose a name that you had, or write another one, not both.", field="custom")
        await account.choose_name(request, custom=values["custom"] or None, alias=values["alias"] or None)

    had = dict.fromkeys(each.name for each in await account.names(request))
    return Deed(
        key="me.name",
        title="What you are called",
        label="Call me that",
        run=run,
        back="/me#player",
        fields=(
            Field(
                name="alias",
                label="A name that you had",
                kind="choice",
                choices=tuple(Choice(value=each, label=each) for each in had),
                most=LONGEST_NAME * 4,
            ),
            Field(name="custom", label="Another one", most=LONGEST_NAME),
        ),
    )


def _device(request: Request) -> Deed:
    async def run(values: Mapping[str, str]) -> None:
        await account.end_device(request, values["key"])

    return Deed(
        key="me.device",
        title="Log a browser out",
        run=run,
        back="/me#browsers",
        fields=(Field(name="key", label="Browser", kind="hidden", required=True, most=LONGEST_ID),),
    )


def _forget(request: Request) -> Deed:
    async def run(values: Mapping[str, str]) -> None:
        if values["word"].casefold() != WORD:
            raise Refused(f"Write the word {WORD} if you mean it.", field="word")
        await account.forget_me(request)

    return Deed(
        key="me.forget",
        title="Forget me",
        run=run,
        back="/",
        danger=True,
        fields=(Field(name="word", label="Write the word “forget”", required=True, most=20),),
        confirm="There is no way back from here, for nobody.",
    )


async def _data(request: Request) -> Response:
    """Everything that is kept about the reader, as a file."""
    copy = msgspec.json.format(msgspec.json.encode(await account.my_data(request)), indent=1)
    headers = {
        "Content-Disposition": 'attachment; filename="slomix-my-data.json"',
        "Cache-Control": "private, no-store",
    }
    return Response(copy, headers=headers, media_type="application/json")
