"""The channel in a browser, read-only: `GET /` is a page, `GET /_/messages` the same as JSON."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import escape
from typing import Any

from aiohttp import web

from slomix.testing.discord import payloads
from slomix.testing.discord.models import Json, Message
from slomix.testing.discord.rest import answer
from slomix.testing.discord.world import World

REFRESH_SECONDS = 3
_STYLE = """
body{margin:0;background:#1e1f22;color:#dbdee1;font:15px/1.4 system-ui,sans-serif}
header{position:sticky;top:0;background:#2b2d31;padding:.7rem 1rem;font-weight:600}
main{max-width:46rem;margin:0 auto;padding:1rem}
article{margin:0 0 1.2rem}
.who{font-weight:600}.when{color:#949ba4;font-size:.8rem;margin-left:.5rem}
.embed{background:#2b2d31;border-left:4px solid #4e5058;border-radius:4px;padding:.6rem .9rem;margin:.3rem 0;
overflow-x:auto}
.embed h2{font-size:1rem;margin:0 0 .3rem}a{color:#00a8fc;text-decoration:none}
.embed h3{font-size:.85rem;margin:.6rem 0 .2rem}footer{color:#949ba4;font-size:.75rem;margin-top:.5rem}
pre{background:#1e1f22;border-radius:4px;padding:.5rem;margin:.3rem 0;font:13px/1.35 ui-monospace,monospace;
overflow-x:auto}
p{margin:.2rem 0;white-space:pre-wrap}
"""
_FENCE = re.compile(r"```(?:[a-z]*\n)?(.*?)```", re.DOTALL)
_TIME = re.compile(r"<t:(\d+)(?::\w)?>")
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_ESCAPED = re.compile(r"\\([*_~`|>\\\[\]()#-])")


def _prose(text: str) -> str:
    timed = _TIME.sub(lambda m: f"{datetime.fromtimestamp(int(m.group(1)), UTC):%Y-%m-%d %H:%M} UTC", text)
    safe = _BOLD.sub(r"<b>\1</b>", escape(timed))
    return f"<p>{_ESCAPED.sub(lambda m: m.group(1), safe)}</p>" if text.strip() else ""


def _markdown(text: str) -> str:
    """Escaped HTML of Discord's markdown: code fences, times and bold, everything else as it is."""
    pieces = _FENCE.split(text)
    return "".join(f"<pre>{escape(piece)}</pre>" if index % 2 else _prose(piece) for index, piece in enumerate(pieces))


def _title(embed: Json) -> str:
    title = escape(_ESCAPED.sub(r"\1", embed.get("title") or ""))
    url = str(embed.get("url") or "")
    if title and url.startswith(("http://", "https://")):
        title = f'<a href="{escape(url)}">{title}</a>'
    return f"<h2>{title}</h2>" if title else ""


def _embed(embed: Json) -> str:
    colour = f"#{int(embed.get('color') or 0x4E5058):06x}"
    fields = "".join(f"<h3>{escape(f['name'])}</h3>{_markdown(f['value'])}" for f in embed.get("fields") or ())
    footer = escape((embed.get("footer") or {}).get("text") or "")
    return (
        f'<div class="embed" style="border-color:{colour}">{_title(embed)}{_markdown(embed.get("description") or "")}'
        f"{fields}{f'<footer>{footer}</footer>' if footer else ''}</div>"
    )


def _article(message: Message) -> str:
    edited = " (edited)" if message.edits else ""
    return (
        f'<article id="m{escape(message.id)}"><span class="who">{escape(message.author["username"])}</span>'
        f'<span class="when">{message.sent_at:%H:%M:%S}{edited}</span>'
        f"{_markdown(message.content)}{''.join(_embed(embed) for embed in message.embeds)}</article>"
    )


def render(messages: list[Message]) -> str:
    """The whole page, newest message first."""
    articles = "".join(_article(message) for message in reversed(messages))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>#stats</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}"><style>{_STYLE}</style></head>'
        f"<body><header># stats</header><main>{articles or '<p>Nothing was posted yet.</p>'}</main></body></html>"
    )


class PageRoutes:
    """The page and its JSON twin."""

    def __init__(self, world: World) -> None:
        self.world = world

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        router.add_get("/", self.page)
        router.add_get("/_/messages", self.messages)

    async def page(self, request: web.Request) -> web.Response:
        """The channel for people."""
        headers = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        return web.Response(text=render(self.world.history()), content_type="text/html", headers=headers)

    async def messages(self, request: web.Request) -> web.Response:
        """The channel for programs: message objects with their nonce and number of edits, oldest first."""
        found: list[dict[str, Any]] = [
            payloads.message(message, self.world.guild_id, nonce=True) | {"edits": message.edits}
            for message in self.world.history()
        ]
        return answer(found)
