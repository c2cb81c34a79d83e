"""axe-core in a page of a real browser: the accessibility rules that a program can check."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

import slomix_webui
from slomix.errors import SlomixError
from slomix.testing.browser import View

#: Names the script where it lies elsewhere.
VARIABLE = "SLOMIX_AXE"
SCRIPT = Path("node_modules", "axe-core", "axe.min.js")
#: WCAG 2.2 A and AA, and what axe's authors recommend beside.
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN = "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations'], elementRef: false})"
_THERE = "() => 'axe' in window"
#: Elements of one violation that are named.
_NAMED = 3


def find_axe() -> Path | None:
    """The script: what `SLOMIX_AXE` names, else npm's of this checkout or of the folder where the tests run."""
    named = os.environ.get(VARIABLE)
    checkout = Path(slomix_webui.__file__).parents[1]
    candidates = [Path(named)] if named else [checkout / SCRIPT, Path.cwd() / SCRIPT]
    return next((path for path in candidates if path.is_file()), None)


@cache
def script() -> str:
    """The script itself. Raises `SlomixError` where it is not here."""
    found = find_axe()
    if found is None:
        raise SlomixError(
            f"axe-core is not here; in a checkout run `make vendor`, else `npm install axe-core`, or name axe.min.js "
            f"with {VARIABLE}."
        )
    return found.read_text("utf-8")


async def violations(view: View) -> list[str]:
    """What axe finds on the page as it is now, as sentences; empty when there is nothing."""
    if not await view.page.evaluate(_THERE):
        await view.page.evaluate(script())
    found: dict[str, Any] = await view.page.evaluate(_RUN, list(TAGS))
    return [_told(each) for each in found["violations"]]


def _told(violation: dict[str, Any]) -> str:
    nodes = violation["nodes"]
    where = ", ".join(" ".join(map(str, node["target"])) for node in nodes[:_NAMED])
    more = f" and {len(nodes) - _NAMED} more" if len(nodes) > _NAMED else ""
    # the last line of the summary says what was measured, such as a contrast
    why = nodes[0].get("failureSummary", "").strip().splitlines()[-1:]
    return f"axe {violation['id']} ({violation['impact']}): {violation['help']}: {where}{more} {' '.join(why).strip()}"
