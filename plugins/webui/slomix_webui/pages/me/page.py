"""`/me`: the login, who the reader is here, what they set, and what is kept about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from slomix.web import account, auth
from slomix_webui import api
from slomix_webui.frame.acting import panels, told_of_settings
from slomix_webui.frame.deeds import said
from slomix_webui.frame.house import House
from slomix_webui.pages.me.view import Linked, MeView, Suggested, Way, account_of, browsers, linked, suggested

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix.web.auth import Viewer

#: What is told after one of the page's own forms.
TOLD: Mapping[str, str] = {
    "me.claim": "That is you now. Your nights, bests and rivals are on your page.",
    "me.unlink": "You are no player any more. Nothing that was played is lost.",
    "me.name": "That is what you are called now.",
    "me.device": "That browser is logged out.",
}
LONGEST_SEARCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class MeQuery:
    """`q` is a name, a GUID or the id of a player: who the reader may be."""

    q: Annotated[str, Meta(max_length=LONGEST_SEARCH)] = ""


def me_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/me",
        name="me",
        title="You",
        summary="Who is logged in, their player, browsers and settings",
        load=partial(load, ctx),
        template="webui/me/me.html",
        model=MeView,
        params={"q": (str, "name, GUID or id of a player to be")},
        personal=True,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """The reader's own page, or what a login is for."""
    house = ctx.services.get(House)
    request, viewer = asked.request, asked.viewer
    looked_for = asked.query(MeQuery).q.strip()
    if viewer is None:
        view = MeView(
            account=None,
            login=auth.login_address(request, back_to="/me"),
            player=None,
            suggested=(),
            looked_for="",
            browsers=(),
            panels=(),
            ways=(),
            said="",
        )
        return api.Shown(model=view, title=asked.text("Log in"))
    player = await _player(ctx, asked, viewer)
    view = MeView(
        account=account_of(viewer),
        login=None,
        player=player,
        suggested=await _suggested(asked, player, looked_for),
        looked_for=looked_for,
        browsers=browsers(await account.devices(request)),
        panels=await panels(house, asked, viewer, "user"),
        ways=ways(house, asked, viewer),
        said=said(request, {**TOLD, **told_of_settings(house)}),
    )
    return api.Shown(model=view, title=viewer.name)


def ways(house: House, asked: api.Asked, viewer: Viewer) -> tuple[Way, ...]:
    """The entries of the reader's own menu that they may follow."""
    found = [*house.nav.get("user", ()), *house.nav.get("admin", ())]
    return tuple(
        Way(label=asked.text(each.item.label), address=each.item.address) for each in found if each.allows(viewer)
    )


async def _player(ctx: PluginContext, asked: api.Asked, viewer: Viewer) -> Linked | None:
    if viewer.player_id is None:
        return None
    called = await ctx.people.display_name(viewer.player_id)
    return linked(viewer.player_id, called, await account.names(asked.request))


async def _suggested(asked: api.Asked, player: Linked | None, looked_for: str) -> tuple[Suggested, ...]:
    """Who has a player already is asked for further ones only when they look for them."""
    if player is not None and not looked_for:
        return ()
    return suggested(await account.suggestions(asked.request, looked_for))
