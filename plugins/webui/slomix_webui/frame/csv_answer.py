"""Tables as CSV for spreadsheets: UTF-8 with a mark, so that names keep their letters; nothing in it is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import TYPE_CHECKING

from slomix.web.api import NotFound, answer
from slomix_webui.api import Table

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

#: A spreadsheet takes a text that begins so for a formula; a player may be called anything.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(request: Request, name: str, tables: Mapping[str, Table]) -> Response:
    """One of the tables: `?table=`, else the first. Raises `NotFound` that names those there are."""
    wanted = request.query_params.get("table") or next(iter(tables), "")
    table = tables.get(wanted)
    if table is None:
        known = ", ".join(tables) or "none"
        raise NotFound(f"There is no table {wanted[:64]!r} here; there is: {known}.")
    headers = {"Content-Disposition": f'attachment; filename="slomix-{name}-{wanted}.csv"'}
    return answer(request, as_csv(table), media_type="text/csv; charset=utf-8", headers=headers)


def as_csv(table: Table) -> bytes:
    """The table as bytes, its columns in the first line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.columns)
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def _cell(value: str | int | float | bool | None) -> str | int | float | bool:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
