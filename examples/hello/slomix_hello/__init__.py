"""Greets every round: one handler, one page, one command, one table, one export."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from pydantic import Field

from slomix.contrib import CogFactory, Export, Handler, Page
from slomix.events import RoundImported
from slomix.plugin import Plugin, hookimpl
from slomix.settings import PluginSettings

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from slomix.context import Db, Delivery, PluginContext

ADD = "insert into hello.greeting (round_id, text) values ($1, $2) on conflict (round_id) do nothing"
ALL = (
    "select g.round_id, g.text from hello.greeting g join slomix.round r on r.id = g.round_id order by r.ended_at desc"
)


class HelloSettings(PluginSettings):
    """`[settings.hello]`."""

    greeting: str = Field(default="Hello", description="the word that greets")


class Hello(Plugin):
    """Greets every round."""

    name = "hello"
    Settings = HelloSettings

    @hookimpl
    def register_handlers(self, ctx: PluginContext) -> Iterable[Handler]:
        async def greet(event: RoundImported, delivery: Delivery) -> None:
            assert delivery.tx is not None
            await delivery.tx.execute(ADD, event.round_id, f"{ctx.settings.greeting}, {event.map}!")

        yield Handler(event=RoundImported, run=greet)

    @hookimpl
    def register_routes(self, ctx: PluginContext) -> Iterable[Page]:
        from slomix.web.api import answer
        from slomix.web.pages import shell

        async def page(request: Request) -> Response:
            lines = "\n".join(f"<li>{escape(row['text'])}</li>" for row in await ctx.db.fetch(ALL))
            return answer(request, shell(request.scope, "Hello", f"<ul>{lines}</ul>").encode(), media_type="text/html")

        yield Page(path="/", endpoint=page, name="hello")

    @hookimpl
    def register_commands(self, ctx: PluginContext) -> Iterable[CogFactory]:
        def make(ctx: PluginContext, bot: Any) -> Any:
            from slomix_hello.discord import HelloCog

            return HelloCog(ctx, ALL)

        yield CogFactory(make=make)

    @hookimpl
    def register_exports(self, ctx: PluginContext) -> Iterable[Export]:
        yield Export(kind="hello-greetings", columns=("round_id", "text"), rows=_rows, summary="a greeting per round")


async def _rows(db: Db) -> AsyncIterator[Mapping[str, Any]]:
    for row in await db.fetch(ALL):
        yield dict(row)


plugin = Hello()
