"""What availability gives to the dashboard's hooks: two pages, a block of home, a menu entry, a panel of settings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from slomix.web.auth import login_address
from slomix_availability.api import STATUSES, AvailabilityChanged
from slomix_availability.days import today_of
from slomix_availability.store import Answers, Wish
from slomix_availability.web.view import AvailabilityView, DayView, MyAnswers, best_of, day_views, my_days
from slomix_availability.words import WEEKDAYS
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext
    from slomix.web.auth import Viewer

FOLDER = Path(__file__).parent.parent / "templates"
MESSAGES = FOLDER.with_name("messages")
STYLE = "availability.css"
#: Days on the page; the block of home looks as far.
DAYS = 7
ADDRESS = "/availability/"
LISTENS = (AvailabilityChanged.key(),)


def pages(ctx: PluginContext) -> Iterable[api.Page]:
    """The page for everybody, and the reader's own answers."""
    yield api.Page(
        path="/",
        name="availability",
        title="Availability",
        summary="Who can play on the coming days",
        load=partial(load, ctx),
        template="availability/availability.html",
        model=AvailabilityView,
        tables=tables,
    )
    yield api.Page(
        path="/mine",
        name="mine",
        title="Your answers",
        summary="What the reader said for the coming days",
        load=partial(load_mine, ctx),
        template="availability/mine.html",
        model=MyAnswers,
        personal=True,
    )


def nav(ctx: PluginContext) -> Iterable[api.NavItem]:
    """One entry for both."""
    names = ("availability", "mine")
    yield api.NavItem(slot="main", label="Availability", address=ADDRESS, order=25, pages=names, icon="calendar")


def widgets(ctx: PluginContext) -> Iterable[api.Widget]:
    """The night that comes next."""
    slots: frozenset[api.SubjectKind] = frozenset({"home", "live"})
    yield api.Widget(
        key="next", title="Next night", slots=slots, load=partial(load_next, ctx), order=10, listens=LISTENS
    )


def settings(ctx: PluginContext) -> Iterable[api.SettingsPanel]:
    """Which direct messages somebody wants."""
    yield api.SettingsPanel(
        key="messages", title="Direct messages", fields=partial(wishes, ctx), save=partial(save, ctx)
    )


async def read_days(ctx: PluginContext) -> tuple[DayView, ...]:
    """The coming days."""
    answers, today = Answers(ctx), _today(ctx)
    days, said = await asyncio.gather(answers.days(today, DAYS), answers.said(today, DAYS))
    return day_views(days, said, today)


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """The same for everybody; what the reader said is in the page of its own."""
    days = await read_days(ctx)
    best, text = best_of(days), asked.text
    title = text("Availability")
    description = text("Who can play on the coming days. Nobody has said anything yet.")
    if best is not None:
        told = {"day": text(WEEKDAYS[best.day.weekday()]), "have": best.available, "need": best.need}
        title = text("Availability: {day} {have} of {need}", **told)
        description = text("{have} of {need} can play on {day}.", **told)
    view = AvailabilityView(days=days, best=best)
    return api.Shown(model=view, title=title, description=description, listens=LISTENS)


async def load_mine(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """What the reader said. A stranger is told where to log in."""
    viewer, today = asked.viewer, _today(ctx)
    title = asked.text("Your answers")
    crumbs = (api.Crumb(label=asked.text("Availability"), address=ADDRESS), api.Crumb(label=title, address=""))
    if viewer is None:
        view = MyAnswers(name=None, login=login_address(asked.request, back_to=ADDRESS))
    else:
        said = await Answers(ctx).own(viewer.discord_id, today, DAYS)
        view = MyAnswers(name=viewer.name, login=None, days=my_days(today, DAYS, said))
    return api.Shown(model=view, title=title, crumbs=crumbs)


async def load_next(ctx: PluginContext, asked: api.BlockAsked) -> api.Block | api.Nothing:
    """The day that is told first."""
    best = best_of(await read_days(ctx))
    if best is None:
        return api.Nothing(reason=asked.text("Nobody has said yet when they can play."))
    return api.Block(model=best, template="availability/next.html")


async def wishes(ctx: PluginContext, asked: api.Asked, viewer: Viewer) -> Sequence[api.Field]:
    """What they want now."""
    now = await Answers(ctx).wish_of(viewer.discord_id)
    return (
        api.Field(name="enough", label="Tell me when there are enough", kind="switch", value="1" if now.enough else ""),
        api.Field(
            name="threshold",
            label="So many are enough for me",
            kind="number",
            value=str(now.threshold or ""),
            help="Empty: as many as an evening needs.",
            least_value=1,
            most_value=64,
        ),
        api.Field(
            name="reminders",
            label="Remind me in the evening when I have not answered",
            kind="switch",
            value="1" if now.reminders else "",
        ),
    )


async def save(ctx: PluginContext, acting: api.Acting) -> None:
    """Keep what they want. The dashboard has checked the fields."""
    form = acting.form
    wish = Wish(
        person=acting.viewer.discord_id,
        enough=form.get("enough") == "1",
        reminders=form.get("reminders") == "1",
        threshold=int(form["threshold"]) if form.get("threshold") else None,
    )
    await Answers(ctx).wish(wish)


def tables(view: AvailabilityView) -> Mapping[str, api.Table]:
    """The counts of the days as CSV."""
    columns = ("day", *STATUSES, "needed")
    rows: list[Sequence[str | int]] = []
    for each in view.days:
        counts = {group.status: group.count for group in each.groups}
        rows.append((each.day.isoformat(), *(counts.get(status, 0) for status in STATUSES), each.need))
    return {"days": api.Table(columns=columns, rows=rows)}


def _today(ctx: PluginContext) -> date:
    return today_of(ctx.clock.now(), ctx.core.timezone)
