"""The rules that every page keeps, read from its HTML alone; pure.

for problem in problems(html): …
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

Attributes = dict[str, str | None]

VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
#: Types of `<script>` that a browser does not run.
DATA = frozenset({"application/json", "application/ld+json"})
#: Fields that have no label beside them.
UNLABELLED = frozenset({"hidden", "submit", "button", "reset", "image"})
#: What fetches something by itself, and the attribute that says where from.
FETCHING = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src", "video": "src"}
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "list")


class Document(HTMLParser):
    """The elements of a page in their order, each with its attributes and the names of those around it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes, tuple[str, ...]]] = []
        self.title = ""
        self.unclosed: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        self.unclosed += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), tuple(self._open)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs), tuple(self._open)))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.unclosed.append(tag)

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["title"] and "svg" not in self._open:
            self.title += data

    def all(self, *tags: str) -> list[Attributes]:
        """The attributes of all elements with these names."""
        return [attributes for tag, attributes, _ in self.elements if tag in tags]


def problems(html: str) -> list[str]:
    """What is wrong with a page, as sentences."""
    document = Document(html)
    found = [*_outline(document), *_ids(document), *_fields(document), *_tables(document), *_inline(document)]
    if document.unclosed:
        found.append(f"elements are not closed in their order: {', '.join(document.unclosed[:5])}")
    return found


def _outline(document: Document) -> Iterator[str]:
    """Language, title, one heading, landmarks, and the link that skips to the content."""
    if not any(attributes.get("lang") for attributes in document.all("html")):
        yield "<html> does not name its language"
    if not document.title.strip():
        yield "it has no title"
    for tag in ("h1", "main", "footer"):
        count = len(document.all(tag))
        if count != 1:
            yield f"it has {count} <{tag}>, not one"
    if not document.all("header"):
        yield "it has no <header>"
    unnamed = [nav for nav in document.all("nav") if not (nav.get("aria-label") or nav.get("aria-labelledby"))]
    if unnamed:
        yield f"{len(unnamed)} <nav> without aria-label"
    main = next((attributes.get("id") for attributes in document.all("main")), None)
    first = next((attributes.get("href") for attributes in document.all("a")), None)
    if main is None or first != f"#{main}":
        yield f"its first link must skip to the content (href=#{main}); it is {first}"


def _ids(document: Document) -> Iterator[str]:
    """Ids are unique, and what is referred to is there."""
    ids = Counter(attributes["id"] for _, attributes, _ in document.elements if attributes.get("id"))
    if twice := [str(name) for name, count in ids.items() if count > 1]:
        yield f"ids are there twice: {', '.join(twice[:5])}"
    wanted = {
        (name, each)
        for _, attributes, _ in document.elements
        for name in REFERENCES
        for each in (attributes.get(name) or "").split()
    }
    for name, each in sorted(wanted):
        if each not in ids:
            yield f'{name}="{each}" names nothing on the page'


def _fields(document: Document) -> Iterator[str]:
    """Every field has a label: around it, by `for`, or in words of its own."""
    labelled = {attributes.get("for") for attributes in document.all("label")}
    for tag, attributes, around in document.elements:
        if tag not in ("input", "select", "textarea") or (attributes.get("type") or "text") in UNLABELLED:
            continue
        named = attributes.get("aria-label") or attributes.get("aria-labelledby")
        if not (named or "label" in around or (attributes.get("id") and attributes["id"] in labelled)):
            yield f"<{tag} name={attributes.get('name')}> has no label"
    for image in document.all("img"):
        if "alt" not in image:
            yield f"<img src={image.get('src')}> has no alt"
        if "width" not in image or "height" not in image:
            yield f"<img src={image.get('src')}> has no width and height: the page jumps when it comes"


def _tables(document: Document) -> Iterator[str]:
    """Tables have a caption, and headers that say what they head."""
    tables, captions = len(document.all("table")), len(document.all("caption"))
    if captions != tables:
        yield f"{tables} tables have {captions} captions"
    heads = document.all("th")
    if unscoped := sum(1 for head in heads if head.get("scope") not in ("col", "row", "colgroup", "rowgroup")):
        yield f"{unscoped} <th> without scope"
    if tables and not heads:
        yield "a table has no <th>"


def _inline(document: Document) -> Iterator[str]:
    """Nothing that the content policy would refuse, and nothing from another host."""
    for tag, attributes, _ in document.elements:
        if forbidden := [name for name in attributes if name == "style" or name.startswith("on")]:
            yield f"<{tag}> has {', '.join(forbidden)}; styles and scripts stand in files"
        if tag == "style" or (tag == "script" and "src" not in attributes and attributes.get("type") not in DATA):
            yield f"an inline <{tag}>"
        address = attributes.get(FETCHING.get(tag, "")) or ""
        fetches = tag != "link" or attributes.get("rel") in ("stylesheet", "icon", "preload", "modulepreload")
        if fetches and ("//" in address or address.startswith("data:")):
            yield f"<{tag}> fetches {address[:80]}; only files of this site may be fetched"
