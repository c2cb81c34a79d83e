"""The texts of pages, gathered from templates and code: `make messages` writes catalogues anew.

English is the key of a text, so a changed text is a new one. What is gathered: `_("…")` and `n(count, "one", "many")`
in templates; `text("…")`, `say("…")` and problems in Python; words in records of the hooks (`Page(title=…)`);
constants that are translated where they are used (`Source.constants`). With `--check` nothing is written, and it fails
where a catalogue is not what it would be.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import get_args

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from slomix.host.state import State

ROOT = Path(__file__).resolve().parents[1]
#: Languages beside English.
LANGUAGES = ("de",)
#: Statuses of the problems that a page can tell of.
PROBLEMS = (400, 401, 403, 404, 409, 413, 429, 500, 503)
#: What became of rounds, and how jobs are, as templates say it.
ROUND_WORDS = ("objective", "hold", "completed", "cancelled", "substitution")
JOB_WORDS = ("waits", "given up")
#: Further modules whose records have words that pages show: awards of seasons, and what rights let people do.
OTHERS = (
    "core/slomix/people/rights.py",
    "plugins/greatshot/slomix_greatshot/plugin.py",
    "plugins/stats/slomix_stats/insight/seasons.py",
    "plugins/stats/slomix_stats/plugin.py",
)
#: What functions of templates take: `n(count, one, many)`.
KEYWORDS = {"_": None, "n": (2, 3)}
#: Functions of Python that translate their first argument.
SPEAKERS = {"text", "say", "NotFound", "BadRequest", "Conflict", "Refused"}
#: Words in records, which the frame translates when it shows them.
RECORDS = {
    "Page": ("title", "tabs"),
    "NavItem": ("label",),
    "Widget": ("title",),
    "Tab": ("title",),
    "Column": ("label", "meaning"),
    "Action": ("label", "title", "confirm", "done"),
    "SettingsPanel": ("title", "done"),
    "SearchProvider": ("title",),
    "Field": ("label", "help"),
    "Choice": ("label",),
    "SeasonAward": ("title",),
    "Capability": ("summary",),
}

Message = str | tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A plugin with a catalogue: its package, and words that stand in constants and are translated where they are used.

    `constants` are names in each module: all texts of its values (`NAME`), the keys of a mapping (`NAME:keys`), or one
    place of each row (`NAME:1`).
    `words` are texts of other plugins that pages show in the reader's language.
    """

    name: str
    folder: Path
    constants: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: Callable[[], Iterable[str]] = tuple

    @property
    def messages(self) -> Path:
        """Where its catalogues are."""
        return self.folder / "messages"


def of_templates(folder: Path) -> Iterator[tuple[Message, str]]:
    """The texts of a folder of templates, each with the file that it is in."""
    options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
    for file in sorted(folder.rglob("*.html")):
        found = extract("jinja2.ext:babel_extract", BytesIO(file.read_bytes()), KEYWORDS, options=options)
        for _line, message, _comments, _context in found:
            yield message, str(file.relative_to(folder.parent))


def of_python(folder: Path, constants: dict[str, tuple[str, ...]]) -> Iterator[tuple[Message, str]]:
    """The texts of the modules below a folder, each with the file that it is in."""
    for file in sorted(folder.rglob("*.py")):
        name = str(file.relative_to(folder))
        tree = ast.parse(file.read_text("utf-8"))
        wanted = constants.get(name, ())
        for node in ast.walk(tree):
            for text in _texts(node, wanted):
                yield text, name


def _texts(node: ast.AST, constants: tuple[str, ...]) -> Iterator[str]:
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if called in SPEAKERS and node.args:
            yield from _words(node.args[0])
        for keyword in node.keywords:
            if keyword.arg in RECORDS.get(called, ()):
                yield from _words(keyword.value)
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            for name, _, part in (each.partition(":") for each in constants):
                if isinstance(target, ast.Name) and target.id == name:
                    yield from _part_words(node.value, part)


def _words(node: ast.expr) -> Iterator[str]:
    """A text that stands there, or the two of a choice."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _words(node.body)
        yield from _words(node.orelse)


def _part_words(node: ast.expr, part: str) -> Iterator[str]:
    if part == "keys" and isinstance(node, ast.Dict):
        for key in node.keys:
            yield from _words(key) if key is not None else ()
    elif part.isdigit() and isinstance(node, ast.Tuple):
        for row in node.elts:
            if isinstance(row, ast.Tuple):
                yield from _words(row.elts[int(part)])
    else:
        yield from _all_words(node)


def _all_words(node: ast.expr) -> Iterator[str]:
    """Every text in a constant; the keys of a mapping are names."""
    if isinstance(node, ast.Dict):
        for value in node.values:
            yield from _all_words(value)
        return
    yield from _words(node)
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield from _all_words(child)


def words_of_stats() -> Iterator[str]:
    """Numbers, ladders and awards are named by stats, and shown on pages in the reader's language."""
    from slomix_stats.derive.checks.codes import CHECKS
    from slomix_stats.insight.records import RULE
    from slomix_stats.metrics import bests, fun, ladders, styles
    from slomix_stats.metrics.catalogue import METRICS
    from slomix_stats.metrics.periods import season_name

    for metric in METRICS:
        yield metric.info.title
        yield metric.info.description
        yield metric.info.source
        yield from (name.replace("_", " ") for name in metric.info.inputs)
    for ladder in ladders.LADDERS:
        yield from (ladder.title, ladder.name.replace("_", " "))
        yield from (step.title for step in ladder.milestones)
    yield from fun.WORDS
    yield from styles.TITLES.values()
    yield from (rule for rule in (RULE, *(each.rule for each in bests.BESTS)) if rule)
    yield from (season_name(f"2026-Q{quarter}").partition(" ")[0] for quarter in (1, 2, 3, 4))
    yield from ROUND_WORDS
    yield from CHECKS.values()
    for file in OTHERS:
        for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
            yield from _texts(node, ())


def words_of_frame() -> Iterator[str]:
    """Words that no text of ours is: what HTTP calls a problem, the highest tier."""
    yield from (HTTPStatus(code).phrase for code in PROBLEMS)
    yield from get_args(State)
    yield from JOB_WORDS
    yield "Owner"
    yield from words_of_stats()


SOURCES = (
    Source(
        name="slomix_webui",
        folder=ROOT / "plugins" / "webui" / "slomix_webui",
        constants={
            "badges.py": ("_ROLES", "_LEVELS", "_BANDS", "_TOP"),
            "stopwatch.py": ("_UNSCORED", "_UNKNOWN"),
            "frame/document.py": ("THEMES",),
            "pages/me/page.py": ("TOLD",),
            "pages/nights/rounds.py": ("_FLAGS",),
            "pages/nights/tabs/__init__.py": ("_TABS:1",),
            "pages/nights/tabs/numbers.py": ("GROUPS:keys",),
            "pages/nights/view.py": ("SORTS", "WHY_NOT"),
            "pages/players/card.py": ("_SAID",),
            "pages/players/tabs.py": ("made:1",),
            "pages/system/files.py": ("TOLD",),
            "pages/system/house.py": ("TOLD",),
            "pages/system/jobs.py": ("TOLD",),
            "pages/system/people.py": ("TOLD",),
        },
        words=words_of_frame,
    ),
    Source(
        name="slomix_availability",
        folder=ROOT / "contrib" / "availability" / "slomix_availability",
        constants={"words.py": ("TITLES", "WEEKDAYS")},
    ),
    Source(
        name="slomix_greatshot",
        folder=ROOT / "plugins" / "greatshot" / "slomix_greatshot",
        constants={"highlights/model.py": ("TITLES",)},
    ),
)


def gathered(source: Source) -> list[Message]:
    """Every text of a plugin once, in the order of the alphabet; the first form of a plural decides."""
    found: dict[str, Message] = {}
    named = ((word, "") for word in source.words())
    texts = [*of_templates(source.folder / "templates"), *of_python(source.folder, source.constants), *named]
    for message, _file in texts:
        key = message if isinstance(message, str) else message[0]
        if key and (key not in found or isinstance(message, tuple)):
            found[key] = message
    return [found[key] for key in sorted(found)]


def missing_constants(source: Source) -> list[str]:
    """Constants of `source` that are in their modules no more."""
    gone = []
    for file, names in source.constants.items():
        tree = ast.parse((source.folder / file).read_text("utf-8"))
        there = {
            target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name)
        }
        gone += [f"{file}: {name}" for name in names if name.partition(":")[0] not in there]
    return gone


def template_of(source: Source) -> bytes:
    """The `.pot`: every text, nothing translated."""
    catalog = _catalog(source)
    for message in gathered(source):
        catalog.add(message, flags=_flags(message))
    return _written(catalog)


def translated(source: Source, language: str, kept: bytes) -> bytes:
    """The `.po` of a language with the texts of now; `kept` is what was translated so far."""
    known = read_po(BytesIO(kept), locale=language) if kept else Catalog(locale=language)
    catalog = _catalog(source, language)
    for message in gathered(source):
        old = known.get(message if isinstance(message, str) else message[0])
        fits = old is not None and isinstance(old.id, tuple) == isinstance(message, tuple)
        catalog.add(message, old.string if old is not None and fits else "", flags=_flags(message))
    return _written(catalog)


def _flags(message: Message) -> tuple[str, ...]:
    words = message if isinstance(message, str) else " ".join(message)
    return ("python-brace-format",) if "{" in words else ()


def _catalog(source: Source, language: str | None = None) -> Catalog:
    when = datetime(2026, 1, 1, tzinfo=UTC)  # the same on every day: the file says nothing but its texts
    return Catalog(
        locale=language,
        project=source.name,
        version="1",
        copyright_holder="Slomix",
        msgid_bugs_address="docs/README.md",
        header_comment=f"# Texts of {source.name}. Made by `make messages`.\n#",
        last_translator="Slomix",
        language_team="Slomix",
        creation_date=when,
        revision_date=when,
        fuzzy=False,
    )


def _written(catalog: Catalog) -> bytes:
    stream = BytesIO()
    write_po(stream, catalog, width=118, no_location=True)
    # which version of Babel wrote it is no difference
    return b"".join(line for line in stream.getvalue().splitlines(True) if not line.startswith(b'"Generated-By:'))


def files(source: Source) -> Iterator[tuple[Path, bytes]]:
    """Every catalogue of a plugin, and what it should be."""
    yield source.messages / f"{source.name}.pot", template_of(source)
    for language in LANGUAGES:
        file = source.messages / f"{language}.po"
        yield file, translated(source, language, file.read_bytes() if file.is_file() else b"")


def main(arguments: list[str]) -> int:
    """Write, or with `--check` compare."""
    stale = 0
    for source in SOURCES:
        for file, wanted in files(source):
            if file.is_file() and file.read_bytes() == wanted:
                continue
            stale += 1
            if "--check" in arguments:
                sys.stdout.write(f"{file.relative_to(ROOT)} is not up to date; run `make messages`\n")
                continue
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(wanted)
            sys.stdout.write(f"wrote {file.relative_to(ROOT)}\n")
    return int("--check" in arguments and stale > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
