"""`/form`: everybody who played lately against their own level, never against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from slomix.web.api import BadRequest
from slomix_stats.api import BadScope, Form, FormLine, MetricInfo, StatsInsightV1
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext

#: Rates that people look for first, in this order.
USUAL = ("dpm", "kd", "accuracy", "headshot_accuracy", "useful_kill_rate", "alive_percent", "revives_per_round")
#: Players shown at either end; those between are in the JSON and the CSV.
SHOWN = 20
#: A change below this, in percent, is none.
NOTICEABLE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FormQuery:
    """What the address may say."""

    metric: Annotated[str, Meta(max_length=40)] = "dpm"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """Form by one metric. `better` is the change in percent where more is better, its opposite where less is."""

    metric: MetricInfo
    usual: tuple[MetricInfo, ...]
    others: tuple[MetricInfo, ...]
    form: Form
    above: int
    level: int
    below: int


def form_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/form",
        name="form",
        title="Form",
        summary="Everybody who played lately against their own level",
        load=partial(load, ctx),
        template="webui/form/form.html",
        model=FormView,
        params={"metric": (str, "name of a rate, as dpm")},
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """Form by the metric that the address names; one that there is not is a sentence."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    wanted = asked.query(FormQuery).metric
    try:
        metric = insight.metric(wanted)
        form = await insight.form(metric.name)
    except BadScope as error:
        raise BadRequest(str(error)) from None
    view = form_view(metric, form, insight.metrics())
    return api.Shown(
        model=view,
        title=asked.text("Form: {metric}", metric=asked.text(metric.title)),
        description=asked.text(
            "{above} players above their own level, {below} below it.", above=view.above, below=view.below
        ),
        live="*",
    )


def form_view(metric: MetricInfo, form: Form, metrics: Sequence[MetricInfo]) -> FormView:
    """The form as a page. Pure."""
    rates = {each.name: each for each in metrics if each.rate}
    better = [better_by(metric, row) for row in form.rows]
    above = sum(change >= NOTICEABLE for change in better)
    below = sum(change <= -NOTICEABLE for change in better)
    return FormView(
        metric=metric,
        usual=tuple(rates[name] for name in USUAL if name in rates),
        others=tuple(each for name, each in rates.items() if name not in USUAL),
        form=form,
        above=above,
        level=len(better) - above - below,
        below=below,
    )


def better_by(metric: MetricInfo, row: FormLine) -> float:
    """The change in percent, positive where it is for the better. Pure."""
    return row.delta_percent if metric.higher_is_better else -row.delta_percent


def tables(view: FormView) -> Mapping[str, api.Table]:
    """Everybody as CSV."""
    columns = ("player", "guid", view.metric.name, "usual", "change_percent", "rounds", "usual_rounds", "last_seen")
    rows = [
        (r.who.name, r.who.guid, r.value, r.usual, r.delta_percent, r.rounds, r.usual_rounds, r.last_seen.isoformat())
        for r in view.form.rows
    ]
    return {"form": api.Table(columns=columns, rows=rows)}
