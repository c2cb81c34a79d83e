"""`/numbers`: every number that there is, with what it means and how it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from slomix_stats.api import MetricInfo, StatsInsightV1
from slomix_webui import api

if TYPE_CHECKING:
    from slomix.context import PluginContext


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsView:
    """Every metric, in the order in which they are shown elsewhere."""

    metrics: tuple[MetricInfo, ...]


def metrics_page(ctx: PluginContext) -> api.Page:
    """The page's record."""
    return api.Page(
        path="/numbers",
        name="metrics",
        title="How numbers are made",
        summary="Every number with its definition",
        load=partial(load, ctx),
        template="webui/metrics/metrics.html",
        model=MetricsView,
        tables=tables,
    )


async def load(ctx: PluginContext, asked: api.Asked) -> api.Shown:
    """All definitions."""
    insight: StatsInsightV1 = ctx.services.get(StatsInsightV1)  # type: ignore[type-abstract]
    return api.Shown(
        model=MetricsView(metrics=insight.metrics()),
        title=asked.text("How numbers are made"),
        description=asked.text("Every number on these pages: what it means, its formula and what it takes."),
    )


def tables(view: MetricsView) -> Mapping[str, api.Table]:
    """The definitions as CSV."""
    columns = ("name", "title", "unit", "formula", "description", "source", "version", "min_rounds")
    rows = [
        (m.name, m.title, m.unit, m.formula, m.description, m.source, m.version, m.min_rounds) for m in view.metrics
    ]
    return {"metrics": api.Table(columns=columns, rows=rows)}
