"""A third party's plugin that uses every hook of the dashboard: some of it works, some of it fails on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slomix.contrib import Capability, Static
from slomix.plugin import Plugin, hookimpl
from slomix.web.sse import Channel
from slomix_webui import api

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What the pages and blocks of the guest show."""

    whom: str
    scope: str = ""


async def greet(asked: api.Asked) -> api.Shown | api.Missing | api.Moved:
    whom = asked.path["whom"]
    if whom == "nobody":
        return api.Missing(heading="Nobody is there")
    if whom == "old":
        return api.Moved(address="/guest/greet/new?kept=1")
    if whom == "broken":
        raise RuntimeError("on purpose")
    shown = Greeting(whom=whom, scope=asked.scope.query())
    return api.Shown(model=shown, title=f"Greeting {whom}", subject=api.Subject(kind="map", id=whom))


async def secret(asked: api.Asked) -> api.Shown:
    assert asked.viewer is not None
    return api.Shown(model=Greeting(whom=asked.viewer.name), title="Secret")


def tables(greeting: Greeting) -> Mapping[str, api.Table]:
    return {"greetings": api.Table(columns=("whom", "n"), rows=[(greeting.whom, 1), ("=cmd()", None)])}


async def good(asked: api.BlockAsked) -> api.Block:
    return api.Block(model=Greeting(whom=f"widget of {asked.subject.id}"), template="guest/block.html")


async def reasoned(asked: api.BlockAsked) -> api.Nothing:
    return api.Nothing(reason="Not captured.", next_step="Capture it.")


async def silent(asked: api.BlockAsked) -> None:
    return None


async def failing(asked: api.BlockAsked) -> api.Block:
    raise RuntimeError("on purpose")


async def late(asked: api.BlockAsked) -> api.Block:
    await asyncio.sleep(30)
    raise AssertionError


async def badly_drawn(asked: api.BlockAsked) -> api.Block:
    return api.Block(model=Greeting(whom="x"), template="guest/wrong.html")


async def not_captured(asked: api.BlockAsked) -> str | None:
    return "Nobody captured it" if asked.subject.id == "bare" else None


async def applause(asked: api.ColumnAsked) -> Mapping[str, str | float]:
    return dict.fromkeys(asked.ids[:1], 4.25)


async def found(asked: api.Asked, text: str, limit: int) -> list[api.Found]:
    return [api.Found(title=f"guest {text}", address="/guest/greet/you")]


#: What was done and set, in the order in which it was.
DONE: list[tuple[int, str, dict[str, str]]] = []


async def wishes(asked: api.Asked, subject: api.Subject, viewer: Any) -> list[api.Field] | None:
    if subject.id == "bare":
        return None
    if subject.id == "broken":
        raise RuntimeError("on purpose")
    cakes = tuple(api.Choice(value=each, label=f"Cake {each}") for each in ("plum", "apple"))
    return [
        api.Field(name="cake", label="Cake", kind="choice", choices=cakes, value="plum", required=True),
        api.Field(name="pieces", label="Pieces", kind="number", value="1", least_value=1, most_value=4),
        api.Field(name="note", label="Note", most=10, help="Short."),
        api.Field(name="cream", label="Cream", kind="switch"),
        api.Field(name="kept", label="Kept", kind="hidden", value="k"),
    ]


async def bake(acting: api.Acting) -> None:
    if acting.form.get("note") == "burnt":
        raise api.Refused("It would burn.", field="note")
    if acting.form.get("note") == "closed":
        raise api.Refused("The oven is closed.")
    DONE.append((acting.viewer.discord_id, acting.subject.id, dict(acting.form)))


async def manners(asked: api.Asked, viewer: Any) -> list[api.Field]:
    return [api.Field(name="hat", label="Hat", value=f"hat of {viewer.name}", most=20, required=True)]


async def broken_manners(asked: api.Asked, viewer: Any) -> list[api.Field]:
    raise RuntimeError("on purpose")


async def snapshot() -> tuple[Any, int]:
    return {"guests": 1}, 0


class Guest(Plugin):
    name = "guest"
    after = ("webui",)
    migrations = None

    @hookimpl
    def register_routes(self, ctx: Any) -> Iterable[Static]:
        yield Static(folder=HERE / "guest_files")

    @hookimpl
    def webui_templates(self, ctx: Any) -> Iterable[api.Templates]:
        yield api.Templates(folder=HERE / "guest_files", filters={"loud": str.upper}, messages=HERE / "guest_files")

    @hookimpl
    def webui_pages(self, ctx: Any) -> Iterable[api.Page]:
        yield api.Page(
            path="/greet/{whom}", name="greet", title="Greet", load=greet, template="guest/page.html", model=Greeting,
            scope=api.ScopeBar(parts=("period", "map")), tables=tables, tabs="Hello",
        )  # fmt: skip
        yield api.Page(
            path="/secret", name="secret", title="Secret", load=secret, template="guest/page.html", model=Greeting,
            permission="guest.secret",
        )  # fmt: skip

    @hookimpl
    def webui_nav(self, ctx: Any) -> Iterable[api.NavItem]:
        yield api.NavItem(slot="main", label="Guests", address="/guest/greet/you", pages=("greet",))
        yield api.NavItem(slot="main", label="Hidden", address="/guest/secret", permission="guest.secret")

    @hookimpl
    def webui_widgets(self, ctx: Any) -> Iterable[api.Widget]:
        blocks = {
            "good": good, "reasoned": reasoned, "silent": silent, "failing": failing, "late": late, "drawn": badly_drawn
        }  # fmt: skip
        for order, (key, load) in enumerate(blocks.items()):
            yield api.Widget(key=key, title=f"Widget {key}", slots=frozenset({"map"}), load=load, order=order)
        yield api.Widget(key="lazy", title="Widget lazy", slots=frozenset({"map"}), load=good, lazy=True)

    @hookimpl
    def webui_tabs(self, ctx: Any) -> Iterable[api.Tab]:
        yield api.Tab(page="map", key="more", title="More", load=good, unavailable=not_captured)

    @hookimpl
    def webui_columns(self, ctx: Any) -> Iterable[api.Column]:
        yield api.Column(table="leaderboard", key="claps", label="Claps", meaning="Applause", load=applause, decimals=1)

    @hookimpl
    def webui_assets(self, ctx: Any) -> Iterable[api.Asset]:
        yield api.Asset(path="guest.css", kind="style")
        yield api.Asset(path="guest.js", kind="island", name="guest-clock")

    @hookimpl
    def webui_search(self, ctx: Any) -> Iterable[api.SearchProvider]:
        yield api.SearchProvider(kind="guest", title="Guests", search=found)

    @hookimpl
    def register_capabilities(self, ctx: Any) -> Iterable[Capability]:
        yield Capability(name="guest.secret", summary="see what is secret")

    @hookimpl
    def webui_actions(self, ctx: Any) -> Iterable[api.Action]:
        yield api.Action(slot="map", key="bake", label="Bake a cake", offer=wishes, run=bake, done="The cake is baked.")
        yield api.Action(
            slot="map", key="eat", label="Eat it all", run=bake, confirm="Really all of it?", done="Eaten.",
            permission="guest.secret",
        )  # fmt: skip

    @hookimpl
    def webui_settings(self, ctx: Any) -> Iterable[api.SettingsPanel]:
        yield api.SettingsPanel(key="manners", title="Manners", fields=manners, save=bake)
        yield api.SettingsPanel(key="broken", title="Broken manners", fields=broken_manners, save=bake)
        yield api.SettingsPanel(key="rules", title="House rules", fields=manners, save=bake, audience="admin")

    @hookimpl
    def webui_live(self, ctx: Any) -> Iterable[api.LiveChannel]:
        yield api.LiveChannel(channel=Channel("guests", snapshot=snapshot, keys={"slomix.RoundImported"}))

    @hookimpl
    def webui_cards(self, ctx: Any) -> Iterable[api.ShareCard]:
        yield api.ShareCard(page="greet", svg=card)


def card(view: Greeting) -> str:
    size = 'viewBox="0 0 1200 630"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><title>{view.whom}</title></svg>'


plugin = Guest()
