"""Columns that plugins add to a table of a page, ready to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slomix_webui import api
from slomix_webui.frame.blocks import load_columns

if TYPE_CHECKING:
    from slomix.context import PluginContext


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraColumn:
    """A column that a plugin added: its values by the row's id."""

    label: str
    meaning: str
    cells: Mapping[str, str]


async def extra_columns(
    ctx: PluginContext, asked: api.Asked, table: str, ids: Sequence[str]
) -> tuple[ExtraColumn, ...]:
    """The columns of a table for these rows; a value that did not come in time is a dash."""
    given = ctx.contributions.of(api.Column)
    if not given:
        return ()
    block = api.BlockAsked(
        subject=api.Subject(kind="home"),
        scope=asked.scope,
        preferences=asked.preferences,
        text=asked.text,
        request=asked.request,
    )
    found = await load_columns(given, table, ids, block)
    return tuple(
        ExtraColumn(label=each.column.label, meaning=each.column.meaning, cells={row: each.cell(row) for row in ids})
        for each in found
    )
