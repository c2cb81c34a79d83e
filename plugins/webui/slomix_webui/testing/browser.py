"""A page in a real browser, and what a reader's browser would tell of it: errors, requests, bytes, first paint."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from playwright.async_api import Browser as PlaywrightBrowser
    from playwright.async_api import BrowserContext, Page

Theme = Literal["dark", "light", "contrast"]
THEMES: tuple[Theme, ...] = ("dark", "light", "contrast")
#: Widths to look at: a phone, a tablet, a laptop, a desk.
WIDTHS = (390, 768, 1366, 1920)
HEIGHTS = {390: 844, 768: 1024, 1366: 768, 1920: 1080}
#: Milliseconds until a page must have come.
PATIENCE = 15_000

_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
_NODES = "() => document.getElementsByTagName('*').length"


@dataclass(slots=True)
class View:
    """A page that is open in the browser. `page` is Playwright's; the rest is what happened since it was opened."""

    page: Page
    console: list[str] = field(default_factory=list)
    """Errors and warnings of the console, and exceptions of scripts."""
    failed: list[str] = field(default_factory=list)
    """Requests that got no answer or one of 400 and above, with the reason."""
    requests: list[str] = field(default_factory=list)
    """Addresses of everything that was asked for, the document first. Event streams count, too."""
    bytes: int = 0
    """Bytes of all whole answers on the wire, with their headers."""

    async def go(self, address: str) -> None:
        """Open an address and wait until the page and what it names are loaded."""
        await self.page.goto(address, wait_until="load", timeout=PATIENCE)

    async def first_paint(self) -> float | None:
        """Milliseconds from the request to the first content that was painted; None before that."""
        found: float | None = await self.page.evaluate(_PAINT)
        return found

    async def nodes(self) -> int:
        """How many elements the document has."""
        found: int = await self.page.evaluate(_NODES)
        return found


class Browser:
    """Opens views, each with cookies, cache and storage of its own. Belongs to one event loop."""

    def __init__(self, connected: PlaywrightBrowser) -> None:
        self._connected = connected

    @asynccontextmanager
    async def view(
        self,
        address: str | None = None,
        *,
        width: int = 1366,
        theme: Theme = "dark",
        script: bool = True,
        cookies: dict[str, str] | None = None,
    ) -> AsyncIterator[View]:
        """A fresh view, gone after the block. `cookies` (name to value) are those of `address`.

        `script` False: a reader who lets no script run.
        """
        context = await self._connected.new_context(
            viewport={"width": width, "height": HEIGHTS.get(width, 900)},
            color_scheme="light" if theme == "light" else "dark",
            contrast="more" if theme == "contrast" else "no-preference",
            reduced_motion="reduce",
            java_script_enabled=script,
            service_workers="block",
        )
        try:
            if cookies and address:
                await context.add_cookies([{"name": n, "value": v, "url": address} for n, v in cookies.items()])
            view = await _watched(context)
            if address is not None:
                await view.go(address)
            yield view
        finally:
            await context.close()


@asynccontextmanager
async def connected(address: str) -> AsyncIterator[Browser]:
    """Connect to a browser that runs (see `slomix_webui.testing.chromium`) from this event loop."""
    from playwright.async_api import async_playwright

    async with async_playwright() as driver:
        browser = await driver.chromium.connect_over_cdp(address)
        try:
            yield Browser(browser)
        finally:
            await browser.close()


async def _watched(context: BrowserContext) -> View:
    """A page whose doings are written down."""
    view = View(await context.new_page())
    page = view.page

    def console(message: Any) -> None:
        if message.type in ("error", "warning"):
            view.console.append(f"{message.type}: {message.text} ({message.location.get('url', '')})")

    def answered(answer: Any) -> None:
        if answer.status >= 400:
            view.failed.append(f"{answer.request.method} {answer.url}: {answer.status}")

    def failed(request: Any) -> None:
        view.failed.append(f"{request.method} {request.url}: {request.failure}")

    def finished(told: dict[str, Any]) -> None:
        view.bytes += int(told["encodedDataLength"])

    page.on("console", console)
    page.on("pageerror", lambda error: view.console.append(f"exception: {error}"))
    page.on("request", lambda request: view.requests.append(request.url))
    page.on("response", answered)
    page.on("requestfailed", failed)
    wire = await context.new_cdp_session(page)
    await wire.send("Network.enable")
    wire.on("Network.loadingFinished", finished)
    return view
