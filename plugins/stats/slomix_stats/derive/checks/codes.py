"""The checks by their codes, and which findings need nobody's attention."""

from __future__ import annotations

from typing import Final

from slomix_stats.derive.model import Severity

#: What each check looks at. F: a file (F1 to F7 refuse it), R: a round, M: a match, S: a session, V: what was left
#: out of the numbers, and why.
CHECKS: Final[dict[str, str]] = {
    "F0": "every line can be read",
    "F1": "the name is that of a stats file",
    "F2": "the header has eight or nine fields, and a player follows it",
    "F3": "map and round of the header are those of the name",
    "F4": "five weapon numbers for each weapon of the mask",
    "F5": "a known layout",
    "F6": "nobody is there twice",
    "F7": "the file ends with a newline",
    "F8": "the target is not above the limit",
    "F9": "the header says who defended and who won",
    "F10": "no number is impossible",
    "F11": "numbers of a player fit together: headshots, dead time, playing time, kills per death",
    "R1": "every kill is somebody's death",
    "R2": "damage given is damage received",
    "R3": "revives given are revives received",
    "R4": "nobody was revived more often than he died",
    "R5": "no counter fell from round 1 to round 2 without a reset",
    "R6": "who played both rounds changed sides",
    "R7": "everybody played from the beginning to the end",
    "M1": "round 2 was played against the time of round 1",
    "M2": "round 2 has room between its end and that of round 1",
    "M3": "most people played both rounds",
    "S1": "no round was replaced by a new start",
    "S2": "teams stayed as they were",
    "V1": "a round that a shutdown cut short",
    "V2": "a round 2 without its round 1",
    "V3": "a round that was started again with the same people",
    "V4": "a round with bots",
    "V5": "a round on a map that only fills time",
    "V6": "a round of a few seconds",
    "V7": "a round that somebody decided not to count",
}


def explained(code: str, severity: Severity) -> bool:
    """Whether nobody has to look: a note, a warning that says where it comes from, or something that was left out of
    the numbers for the reason it names. What is left are numbers that cannot be right."""
    return severity in ("info", "warn") or code.startswith("V") or severity == "fatal"
