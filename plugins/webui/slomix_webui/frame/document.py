"""The document around a page: its head, menu, scope bar, tabs and the blocks of other plugins, rendered in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import structlog
from markupsafe import Markup
from starlette.responses import Response

from slomix.web import static
from slomix_webui.api import Asked, BlockAsked, Crumb, Missing, Page, PageScope, Preferences, Shown
from slomix_webui.frame.blocks import Placed, place_tab, place_widgets, why_not
from slomix_webui.frame.house import bare
from slomix_webui.frame.preferences import preferences_of
from slomix_webui.frame.scope import choosing, in_words
from slomix_webui.html import ours
from slomix_webui.parts import Field, TabLink
from slomix_webui.wording import speaking

if TYPE_CHECKING:
    from starlette.requests import Request

    from slomix.web.api import Problem
    from slomix_webui.frame.house import House

log = structlog.get_logger("slomix.webui")

PLUGIN = "webui"
#: Of a path with its query; a page repeats it in links and forms.
LONGEST_ADDRESS = 2000
EVERYTHING = PageScope()
THEMES = {"auto": "As the system", "dark": "Dark", "light": "Light", "contrast": "High contrast"}


def block_of(asked: Asked, shown: Shown) -> BlockAsked:
    """What the blocks of a page are asked with."""
    assert shown.subject is not None
    return BlockAsked(
        subject=shown.subject,
        scope=asked.scope,
        preferences=asked.preferences,
        text=asked.text,
        request=asked.request,
        viewer=asked.viewer,
    )


async def document(house: House, plugin: str, page: Page, asked: Asked, shown: Shown) -> Response:
    """The page with everything around it; `?part=main` is only what stands in `<main>` (a live page asks so)."""
    tabs, tab = await _tabs(house, page, asked, shown)
    widgets: Sequence[Placed] = ()
    if shown.subject is not None and tab is None:
        widgets = await place_widgets(house.widgets, block_of(asked, shown))
    bar = await choosing(house.ctx.services, page.scope, asked.scope, asked.text)
    blocks = [*widgets, *([tab] if tab else ())]
    values = frame(house, asked.request, asked.preferences, asked.scope, (plugin, page.name))
    values |= {
        "view": shown.model,
        "page": page,
        "shown": shown,
        "asked": asked,
        "crumbs": [(crumb.label, crumb.address) for crumb in shown.crumbs],
        "scope_fields": [
            Field(name=each.name, label=each.label, value=each.chosen, options=_options(each.choices)) for each in bar
        ],
        "scope_now": in_words(bar),
        "scope_kept": _kept(page, asked.request),
        "tabs": tabs,
        "tab": tab,
        "widgets": widgets,
        "title": shown.title,
        "description": shown.description,
        "live": shown.live,
        "listens": _listens(house, shown),
        "card": house.card_address(plugin, page, asked.request),
        "actions_of": _actions_of(house, asked.request, shown),
        "styles": _styles(house, asked.request, {plugin, *(each.plugin for each in blocks)}),
        **_twins(page, asked.request),
    }
    answer = _rendered(house, page.template, values, status=shown.status)
    if any(each.state == "failed" for each in blocks) or not shown.fresh:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def missing(house: House, asked: Asked, told: Missing) -> Response:
    """The page of something that is not there."""
    values = _plain(house, asked.request, asked.preferences, told.heading) | {
        "detail": told.detail,
        "onward": told.onward or Crumb(label=asked.text("Home"), address="/"),
    }
    return _rendered(house, "webui/missing.html", values, status=404)


def refused(house: House, request: Request, problem: Problem) -> Response:
    """A problem as a page: its sentence, and what may help."""
    preferences = preferences_of(request, house.languages)
    status = int(problem.status)
    text = house.texts(preferences.language).text
    values = _plain(house, request, preferences, text(problem.status.phrase)) | {
        "detail": text(problem.detail),
        "login": getattr(problem, "login", None),
    }
    answer = _rendered(house, "webui/problem.html", values, status=status)
    answer.headers.update(problem.headers)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def alone(house: House, asked: BlockAsked, placed: Placed) -> Response:
    """A block by itself: the bare block for a page that loads it late (`?part=main`), else a page around it."""
    values = _plain(house, asked.request, asked.preferences, asked.text(placed.title)) | {"tab": placed}
    answer = _rendered(house, "webui/alone.html", values, status=200)
    if placed.state == "failed":
        answer.headers["Cache-Control"] = "no-store"
    return answer


def plain(
    house: House, asked: Asked, template: str, heading: str, values: Mapping[str, Any], *, status: int = 200
) -> Response:
    """A page that no record describes, for one reader: nobody keeps it."""
    around = _plain(house, asked.request, asked.preferences, heading)
    answer = _rendered(house, template, around | {"asked": asked, **values}, status=status)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def frame(
    house: House,
    request: Request,
    preferences: Preferences,
    scope: PageScope = EVERYTHING,
    here: tuple[str, str] = ("", ""),
) -> dict[str, Any]:
    """What the layout needs on every page; `here` is the page's plugin and name."""
    texts = house.texts(preferences.language)
    return {
        "menu": house.menus(preferences.language, scope.query(), here),
        "preferences": preferences,
        "scope": scope,
        "languages": house.languages,
        "language_labels": house.language_names,
        "theme_labels": [(key, texts.text(label)) for key, label in THEMES.items()],
        "request_path": request_path(request),
        "static": partial(static.url, request, PLUGIN),
        "island": partial(house.island_address, request),
        "zooms": static.find(request, PLUGIN, "vendor/uplot.js") is not None,
        "base": house.base_address(request),
        "layout": "webui/part.html" if request.query_params.get("part") == "main" else "webui/document.html",
        "card": None,
        "listens": "",
        "styles": (),
    }


def _plain(house: House, request: Request, preferences: Preferences, heading: str) -> dict[str, Any]:
    """The frame of a page that has no record of its own."""
    nothing = dict.fromkeys(("page", "shown", "tab", "twin", "csv", "live", "actions_of", "twin_query"))
    empty: dict[str, Any] = dict.fromkeys(("scope_fields", "tabs", "widgets", "crumbs"), ())
    return (
        frame(house, request, preferences)
        | nothing
        | empty
        | {"title": heading, "description": heading, "heading": heading, "scope_now": "", "scope_kept": ()}
    )


def _rendered(house: House, template: str, values: dict[str, Any], *, status: int) -> Response:
    language = values["preferences"].language
    values["drawn"] = partial(_drawn, house, language, values)
    texts = house.texts(language)
    with speaking(texts.text, texts.language):
        html = house.environment(language).get_template(template).render(values)
    headers = {"Content-Language": language, "Vary": "Cookie, Accept-Language"}
    return Response(html.encode("utf-8", "replace"), status, headers, media_type="text/html")


def _drawn(house: House, language: str, values: dict[str, Any], placed: Placed) -> Markup:
    """A block as markup. A template of a plugin that fails is a block that is not available."""
    found = house.environment(language)
    html = Markup("")
    if placed.block is not None:
        try:
            rendered = found.get_template(placed.block.template).render(values | {"view": placed.block.model})
            html = ours(rendered)  # the template escapes
        except Exception:
            log.exception("the template of a block failed", plugin=placed.plugin, block=placed.key)
            placed = placed.as_failed()
    return ours(found.get_template("webui/block.html").render(block=placed, html=html))


async def _tabs(house: House, page: Page, asked: Asked, shown: Shown) -> tuple[list[TabLink], Placed | None]:
    """The tabs of a page and the one that is open; none where nobody adds any."""
    if shown.subject is None or page.tabs is None:
        return [], None
    found = [each for each in house.tabs if each.record.page == shown.subject.kind]
    block_asked = block_of(asked, shown)
    wanted = asked.request.query_params.get("tab")
    opened = next((each for each in found if each.record.key == wanted), None)
    lines = [TabLink(label=asked.text(page.tabs), href=_tab_address(asked, ""), current=opened is None)]
    for each in found:
        lines.append(
            TabLink(
                label=asked.text(each.record.title),
                href=_tab_address(asked, each.record.key),
                current=each is opened,
                reason=await why_not(each.record, block_asked) or "",
            )
        )
    return (lines if found else []), (await place_tab(opened, block_asked) if opened is not None else None)


def _tab_address(asked: Asked, key: str) -> str:
    query = "&".join(part for part in (asked.scope.query(), urlencode({"tab": key}) if key else "") if part)
    return f"{asked.request.url.path}?{query}" if query else asked.request.url.path


def request_path(request: Request) -> str:
    """The address that was asked for, as a path; of a live page's part that of the page. A longer one is home."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "part"]
    path = request.url.path + (f"?{urlencode(kept)}" if kept else "")
    return path if len(path) <= LONGEST_ADDRESS else "/"


def _options(choices: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    return tuple((choice.value, choice.label) for choice in choices)


def _kept(page: Page, request: Request) -> list[tuple[str, str]]:
    """What else the address says, which the scope bar carries on: whom a page is about, the tab. Another scope begins
    at its first page."""
    left_out = {*page.scope.parts, "part", "cursor", "page", "before"}
    return [(key, value) for key, value in request.query_params.multi_items() if key not in left_out]


def _twins(page: Page, request: Request) -> dict[str, str | None]:
    """Where the same is as JSON and as CSV, for the same scope and tab."""
    named = bare(request.url.path, page)
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "part"]
    return {
        "twin": f"{named}.json",
        "csv": f"{named}.csv" if page.tables is not None else None,
        "twin_query": f"?{urlencode(kept)}" if kept else "",
    }


def _listens(house: House, shown: Shown) -> str:
    """Keys of the events that the page and its widgets wait for beside those of rounds. The live page follows its own
    channel: a tab has one connection."""
    keys = set(shown.listens)
    if shown.subject is not None and shown.subject.kind != "live":
        keys.update(*(each.record.listens for each in house.widgets if shown.subject.kind in each.record.slots))
    return " ".join(sorted(keys))


def _actions_of(house: House, request: Request, shown: Shown) -> str | None:
    """Where a reader finds what they may do about the subject of the page; None where there is nothing for anyone."""
    subject = shown.subject
    if subject is None or not any(each.record.slot == subject.kind for each in house.actions):
        return None
    return "/me/actions?" + urlencode({"slot": subject.kind, "id": subject.id, "back": request_path(request)})


def _styles(house: House, request: Request, plugins: set[str]) -> list[str]:
    """The style sheets of the plugins that have something on the page."""
    return [static.url(request, plugin, path) for plugin in sorted(plugins) for path in house.styles.get(plugin, ())]
