"""Embeds within Discord's limits, and the mark by which a post is found again in its channel."""

from __future__ import annotations

import discord

TITLE, DESCRIPTION, FIELD_NAME, FIELD_VALUE, FOOTER, FIELDS, TOTAL = 256, 4096, 256, 1024, 2048, 25, 6000
MARK_LENGTH = 10


def clip(text: str, length: int) -> str:
    """`text`, or its beginning with an ellipsis; an open code block is closed again."""
    if len(text) <= length:
        return text
    cut = text[: length - 5]
    return f"{cut}…\n```" if cut.count("```") % 2 else f"{cut}…"


def fit(embed: discord.Embed) -> discord.Embed:
    """A copy that Discord accepts: long texts are clipped, and fields left out from the end, until it fits."""
    fitted = embed.copy()
    fitted.title = clip(fitted.title, TITLE) if fitted.title else fitted.title
    fitted.description = clip(fitted.description, DESCRIPTION) if fitted.description else fitted.description
    if fitted.footer.text:
        fitted.set_footer(text=clip(fitted.footer.text, FOOTER), icon_url=fitted.footer.icon_url)
    fields = list(fitted.fields[:FIELDS])
    fitted.clear_fields()
    for field in fields:
        name, value = clip(field.name or "\u200b", FIELD_NAME), clip(field.value or "\u200b", FIELD_VALUE)
        if len(fitted) + len(name) + len(value) > TOTAL:
            break
        fitted.add_field(name=name, value=value, inline=field.inline)
    if len(fitted) > TOTAL and fitted.description:
        fitted.description = clip(fitted.description, len(fitted.description) - (len(fitted) - TOTAL))
    return fitted


def mark(embed: discord.Embed, nonce: str) -> discord.Embed:
    """A copy with the beginning of the nonce at the end of its footer.

    Discord enforces a nonce for some minutes only and does not show it to one who reads the channel later.
    """
    marked = embed.copy()
    text = f"{marked.footer.text} · {nonce[:MARK_LENGTH]}" if marked.footer.text else nonce[:MARK_LENGTH]
    marked.set_footer(text=text, icon_url=marked.footer.icon_url)
    return marked


def is_marked(message: discord.Message, nonce: str) -> bool:
    """Whether this message is the post with that nonce."""
    footers = [embed.footer.text or "" for embed in message.embeds]
    return str(message.nonce) == nonce or any(text.split(" · ")[-1] == nonce[:MARK_LENGTH] for text in footers)
