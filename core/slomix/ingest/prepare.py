"""What an offered file is, before any database is asked: who reads it, its hash, and what the parser says. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal

import structlog

from slomix.errors import BadArtifact, EmptyArtifact, QuarantineReason
from slomix.ingest.names import base_name, kind_of, never_stored
from slomix.nouns import RoundMention, RoundSighting

if TYPE_CHECKING:
    from slomix.contrib import Parser
    from slomix.host.host import Contributed

log = structlog.get_logger("slomix.ingest")

#: What parsers look at to say whether a file is theirs.
HEAD_BYTES = 4096
#: Stats files shrink to a third at any level; a higher one only takes longer.
_COMPRESSION = 1

Verdict = Literal["round", "empty", "quarantined", "ignored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A file that was looked at. `raw` is zlib, None where it is ignored or too large to keep.

    `parser` and `version` say who read it (None: nobody does). `record` and `sighting` are there for a round only, or
    for what adds to one.
    """

    name: str
    verdict: Verdict
    size: int = 0
    sha256: bytes = b""
    raw: bytes | None = None
    reason: QuarantineReason | None = None
    detail: str | None = None
    parser: str | None = None
    version: int | None = None
    record: Any = None
    sighting: RoundSighting | RoundMention | None = None


def parser_name(parser: Contributed[Parser]) -> str:
    """The name of a parser in the ledger: the plugin's and its own."""
    return f"{parser.plugin}.{parser.record.name}"


def plugin_of(parser: str) -> str:
    """The plugin of a parser, by its name in the ledger."""
    return parser.partition(".")[0]


def choose(parsers: Sequence[Contributed[Parser]], name: str, head: bytes) -> Contributed[Parser] | None:
    """The parser that is surest that this is its kind of file; the first of equally sure ones, None if none is."""
    best, surest = None, 0.0
    for parser in parsers:
        try:
            sure = parser.record.sniff(name, head)
        except Exception:
            log.exception("sniff failed", parser=parser_name(parser), file=name)
            continue
        if sure > surest:
            best, surest = parser, sure
    return best


def is_ignored(parsers: Sequence[Contributed[Parser]], name: str, head: bytes) -> bool:
    """Whether a file is left alone: by its name, or since it is of a known kind that no parser reads."""
    name = base_name(name)
    return never_stored(name) or (kind_of(name) is not None and choose(parsers, name, head) is None)


def prepare(parsers: Sequence[Contributed[Parser]], name: str, data: bytes, *, keep: bool = True) -> Prepared:
    """Look at one file. Never raises: a parser that fails where it must not is logged, and the file quarantined.

    `keep` false is for those who only want the verdict: `raw`, `record` and `sighting` stay empty.
    """
    name = base_name(name)
    head = data[:HEAD_BYTES]
    parser = None if never_stored(name) else choose(parsers, name, head)
    if parser is None:
        if never_stored(name) or kind_of(name) is not None:
            return Prepared(name=name, verdict="ignored")
        refused = _refused("bad_name", "no plugin reads such a file")
        return _looked_at(name, data, sha256(data).digest(), None, refused, keep=keep)
    if len(data) > parser.record.max_bytes:
        refused = _refused("too_large", f"{len(data)} bytes, {parser.record.max_bytes} are allowed")
        return _looked_at(name, data, sha256(data).digest(), parser, refused, keep=False)
    plain = data.replace(b"\r\n", b"\n") if parser.record.text and b"\r" in data else data
    answer = _read(parser.record, name, plain, keep=keep)
    told = name.encode() + b"\0" if parser.record.named else b""
    return _looked_at(name, data, sha256(told + plain).digest(), parser, answer, keep=keep)


def _read(parser: Parser, name: str, data: bytes, *, keep: bool) -> dict[str, Any]:
    """The parser's answer as fields of `Prepared`."""
    try:
        record = parser.parse(name, data)
        if not keep:
            return {"verdict": "round"}
        return {"verdict": "round", "record": record, "sighting": parser.sighting(record)}
    except EmptyArtifact as empty:
        return {"verdict": "empty", "detail": str(empty)}
    except BadArtifact as bad:
        return _refused(bad.reason, bad.detail)
    except Exception as error:
        # parsers promise to raise nothing else: the file is kept, and read again when a newer parser is there
        log.exception("parser failed", parser=parser.name, file=name)
        return _refused("bad_line", f"the parser {parser.name} failed on it: {type(error).__name__}")


def _refused(reason: QuarantineReason, detail: str) -> dict[str, Any]:
    # a detail may quote the file, which can hold what PostgreSQL does not store
    return {"verdict": "quarantined", "reason": reason, "detail": detail.replace("\0", "\N{REPLACEMENT CHARACTER}")}


def _looked_at(
    name: str, data: bytes, digest: bytes, parser: Contributed[Parser] | None, fields: dict[str, Any], *, keep: bool
) -> Prepared:
    return Prepared(
        name=name,
        size=len(data),
        sha256=digest,
        raw=zlib.compress(_kept(parser, data), _COMPRESSION) if keep else None,
        parser=parser_name(parser) if parser else None,
        version=parser.record.version if parser else None,
        **fields,
    )


def _kept(parser: Contributed[Parser] | None, data: bytes) -> bytes:
    """What the ledger keeps: the file, or what its parser leaves of it."""
    if parser is None or parser.record.kept is None:
        return data
    try:
        return parser.record.kept(data)
    except Exception:
        log.exception("kept failed, nothing is kept", parser=parser_name(parser))
        return b""
