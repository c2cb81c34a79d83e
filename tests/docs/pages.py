"""Fenced blocks of our Markdown pages: their info words, their text, and where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block: the language, the words after it, the text, and the heading above it."""

    language: str
    words: str
    text: str
    heading: str


def blocks(page: Path) -> list[Block]:
    """Every fenced block of a page, in order."""
    text = page.read_text("utf-8")
    found = []
    for match in FENCE.finditer(text):
        headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text[: match.start()]), re.MULTILINE)
        language, _, words = match["info"].strip().partition(" ")
        found.append(Block(language, words.strip(), match["text"], headings[-1] if headings else ""))
    return found
