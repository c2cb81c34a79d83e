"""Stats files of the c0rnp0rn scripts: text in, `StatsFile` out. Pure; a damaged file is refused whole."""

from __future__ import annotations

from slomix.errors import BadArtifact, EmptyArtifact
from slomix.names import clean_name
from slomix.nouns import Side
from slomix_stats.filename import FileName, parse_name
from slomix_stats.lines import parse_line
from slomix_stats.record import PlayerRecord, StatsFile
from slomix_stats.times import is_decimal_minutes, parse_measured, parse_time

_HEADER_FIELDS = 8
#: More are counted as this many: a longer tail is ignored.
_MOST_HEADER_FIELDS = 99
#: The game cuts a host name at 256 characters.
_HOST_CHARACTERS = 256
_MEASURED = 8
_DAY_S = 24 * 3600
_SIDES: dict[str, Side] = {"1": "axis", "2": "allies"}

#: Bytes of a stats file: printable ASCII, tab, newline. What is left without them is looked at.
_PLAIN = bytes((9, 10, *range(32, 127)))
_BINARY_SHARE = 0.1


def parse(name: str, data: bytes) -> StatsFile:
    """Read a stats file, its line ends normalised to LF.

    Raises `BadArtifact` with the reason to quarantine it, `EmptyArtifact` for a header without players.
    """
    named = parse_name(name)
    text = decode(data)
    header_line, _, rest = text.partition("\n")
    header = header_line.split("\\")
    _refuse_stock(header, rest)
    if not text.endswith("\n"):
        raise BadArtifact("truncated", "the file does not end with a newline")
    limit_s, target_s = _check_header(header, named)
    lines = rest.split("\n")
    lines.pop()
    if not lines:
        raise EmptyArtifact(f"{name}: a header without a player")
    players, layout = _players(lines)
    if limit_s == 0 or limit_s > _DAY_S:
        raise BadArtifact("impossible_value", f"a time limit of {limit_s} s", line=1)
    return StatsFile(
        host_raw=header[0],
        host=clean_name(header[0]),
        config=header[2],
        map=named.map,
        number=named.number,
        ended_local=named.ended_local,
        defender=_SIDES.get(header[4].strip()),
        winner=_SIDES.get(header[5].strip()),
        limit_s=limit_s,
        target_s=target_s,
        measured_s=parse_measured(header[_MEASURED]) if len(header) > _MEASURED else None,
        header_fields=min(len(header), _MOST_HEADER_FIELDS),
        layout=layout,
        players=players,
    )


def decode(data: bytes) -> str:
    """The text of a file of a game server; raises `BadArtifact("not_text")` for one that is binary."""
    # Text in an old code page keeps its ASCII and gets replacement characters; the ledger keeps the bytes.
    strange = data.translate(None, _PLAIN)
    if strange:
        text = data.decode("utf-8", "replace")
        controls = sum(1 for c in text if c == "\ufffd" or (c < " " and c not in "\t\n") or c == "\x7f")
        if b"\0" in strange or controls > _BINARY_SHARE * len(text):
            raise BadArtifact("not_text", "the file is binary")
        return text
    return data.decode("ascii")


def _refuse_stock(header: list[str], rest: str) -> None:
    if len(header) >= _HEADER_FIELDS and is_decimal_minutes(header[6]) and rest.strip() and "\t" not in rest:
        raise BadArtifact("unknown_layout", "the stock game-stats script, whose numbers are not enough")


def _check_header(header: list[str], named: FileName) -> tuple[int, int]:
    """Time limit and target in seconds."""
    if len(header) < _HEADER_FIELDS:
        raise BadArtifact("bad_header", f"{len(header)} header fields instead of 8 or 9", line=1)
    if len(header[0]) > _HOST_CHARACTERS:
        raise BadArtifact("bad_header", f"a host name of {len(header[0])} characters", line=1)
    try:
        times = parse_time(header[6]), parse_time(header[7])
    except ValueError as error:
        raise BadArtifact("bad_header", str(error), line=1) from None
    number = header[3].strip()
    if not (number.isascii() and number.isdigit()):
        raise BadArtifact("bad_header", f"no round number: {number[:20]!r}", line=1)
    if header[1] != named.map:
        raise BadArtifact("header_mismatch", f"map {header[1][:50]!r}, the name says {named.map!r}", line=1)
    if number.lstrip("0") != str(named.number):
        raise BadArtifact("header_mismatch", f"round {number[:9]}, the name says {named.number}", line=1)
    return times


def _players(lines: list[str]) -> tuple[list[PlayerRecord], int]:
    players: list[PlayerRecord] = []
    seen: set[str] = set()
    layout = 0
    for number, line in enumerate(lines, start=2):
        player, count = parse_line(line, number)
        if layout not in (0, count):
            raise BadArtifact("unknown_layout", f"{count} extended fields, lines above have {layout}", line=number)
        if player.key in seen:
            raise BadArtifact("duplicate_guid", f"{player.guid} is there twice", line=number)
        layout = count
        seen.add(player.key)
        players.append(player)
    return players, layout
