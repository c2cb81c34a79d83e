"""Endstats files: awards and who killed whom how often. Text in, `Endstats` out; a damaged file is refused whole."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from slomix.errors import BadArtifact, EmptyArtifact
from slomix.names import clean_name
from slomix.nouns import RoundMention
from slomix_stats.filename import parse_name
from slomix_stats.inputs.awards import AWARDS, Award, award_value, without_label_bugs
from slomix_stats.parser import decode

#: Raise it whenever the parser reads more, or reads something otherwise.
ENDSTATS_VERSION = 1

_LIKELY = re.compile(r"\d{4}-\d{2}-\d{2}-\d{6}-.+-round-\d+-endstats\.txt", re.ASCII | re.DOTALL | re.IGNORECASE)
_SUFFIX = "-endstats.txt"
_HEADER = "VS_HEADER"
_GUID = re.compile(r"[0-9A-Za-z]{8,64}", re.ASCII)
_COUNT = re.compile(r"-?\d{1,9}", re.ASCII)
_FIELDS = 3
#: The game cuts a name at 36 characters; the longest label has 35.
_LONGEST = 100
_MOST_LINES = 64 * 64 + 200
#: Nobody kills one opponent more often in a round.
_MOST_KILLS = 9999


class VersusRow(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """How often the subject of a block killed `opponent`, and was killed by him."""

    opponent: str
    kills: int
    deaths: int


class VersusBlock(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The rows that follow one `VS_HEADER`; `subject` is None for rows above the first one (older scripts write no
    header, so that all blocks stand there one after the other). `guid` is the whole one, upper case."""

    subject: str | None
    guid: str | None
    rows: list[VersusRow]


class Endstats(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One endstats file, its labels corrected. `ended_local` is the server's wall clock when it was written."""

    map: str
    number: int
    ended_local: datetime
    awards: list[Award]
    blocks: list[VersusBlock]

    @property
    def richness(self) -> int:
        """How much it tells: of two files of one round the richer one counts."""
        return len(self.awards) + sum(len(block.rows) for block in self.blocks)

    def names(self) -> frozenset[str]:
        """Everybody whom it names."""
        found = {award.player for award in self.awards}
        for block in self.blocks:
            found.update(row.opponent for row in block.rows)
            found.update((block.subject,) if block.subject else ())
        return frozenset(found)


def sniff(name: str, head: bytes) -> float:
    """How sure it is that this is an endstats file: by its name."""
    if _LIKELY.fullmatch(name):
        return 1.0
    return 0.6 if name.lower().endswith(_SUFFIX) else 0.0


def sighting(record: Endstats) -> RoundMention:
    """It adds to the round of a stats file, and does not say of which server."""
    return RoundMention()


def parse(name: str, data: bytes) -> Endstats:
    """Read an endstats file, its line ends normalised to LF.

    Raises `BadArtifact` with the reason to quarantine it, `EmptyArtifact` for one without a line.
    """
    if not name.lower().endswith(_SUFFIX):
        raise BadArtifact("bad_name", f"an endstats file is named as its stats file, with {_SUFFIX} at the end")
    named = parse_name(name[: -len(_SUFFIX)] + ".txt")
    text = decode(data)
    if not text.strip():
        raise EmptyArtifact(f"{name}: no award and no duel")
    if not text.endswith("\n"):
        raise BadArtifact("truncated", "the file does not end with a newline")
    lines = text.split("\n")
    lines.pop()
    if len(lines) > _MOST_LINES:
        raise BadArtifact("impossible_value", f"{len(lines)} lines, at most {_MOST_LINES} can be written")
    awards, blocks = _read(lines)
    return Endstats(named.map, named.number, named.ended_local, awards, blocks)


def _read(lines: list[str]) -> tuple[list[Award], list[VersusBlock]]:
    awards: list[Award] = []
    blocks: list[VersusBlock] = []
    for number, line in enumerate(lines, start=1):
        fields = line.split("\t")
        if len(fields) != _FIELDS:
            raise BadArtifact("bad_line", f"{len(fields)} fields instead of 3", line=number)
        if any(len(field) > _LONGEST for field in fields):
            raise BadArtifact("bad_line", f"a field of more than {_LONGEST} characters", line=number)
        if fields[0] == _HEADER:
            blocks.append(_block(fields, number))
        elif fields[0] not in AWARDS and _COUNT.fullmatch(fields[1]) and _COUNT.fullmatch(fields[2]):
            if not blocks:
                blocks.append(VersusBlock(None, None, []))
            blocks[-1].rows.append(_row(fields, number))
        else:
            label, player, text = fields
            awards.append(Award(label, clean_name(player), text, award_value(text, number)))
    return without_label_bugs(awards), blocks


def _block(fields: list[str], number: int) -> VersusBlock:
    guid = fields[2].upper()
    if guid and not _GUID.fullmatch(guid):
        raise BadArtifact("bad_line", "the third field of VS_HEADER is a GUID", line=number)
    return VersusBlock(clean_name(fields[1]), guid or None, [])


def _row(fields: list[str], number: int) -> VersusRow:
    kills, deaths = int(fields[1]), int(fields[2])
    if not (0 <= kills <= _MOST_KILLS and 0 <= deaths <= _MOST_KILLS):
        raise BadArtifact("impossible_value", f"{fields[1]} kills and {fields[2]} deaths", line=number)
    return VersusRow(clean_name(fields[0]), kills, deaths)
