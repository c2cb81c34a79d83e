"""The extended fields of a player line: their places in each layout, and what round 2 holds of them.

Field numbers are those of the longest layout (38 fields, `stats.md` 1.6). A record keeps every field at its number,
None where the file's layout lacks it. Fields with a decimal are kept as tenths, so that every number is a whole one.
"""

from __future__ import annotations

DAMAGE_GIVEN = 0
DAMAGE_RECEIVED = 1
TEAM_DAMAGE_GIVEN = 2
TEAM_DAMAGE_RECEIVED = 3
GIBS = 4
SELF_KILLS = 5
TEAM_KILLS = 6
TEAM_GIBS = 7
TIME_PLAYED_PERCENT = 8
XP = 9
OBJECTIVES_STOLEN = 15
OBJECTIVES_RETURNED = 16
DYNAMITES_PLANTED = 17
DYNAMITES_DEFUSED = 18
TIMES_REVIVED = 19
TIME_PLAYED_MINUTES = 22
TIME_DEAD_MINUTES = 25
REPAIRS = 36
REVIVES_GIVEN = 37

#: How many fields the longest layout has.
FIELDS = 38

#: The layout of records that hold the engine's own line (10 fields): no time, so each round's time is its own.
ENGINE_LINE = 10

#: Numbers of fields with one decimal: percent and minutes; the rest are whole numbers.
TENTHS: tuple[int, ...] = (8, 21, 22, 23, 24, 25, 26)

#: Counted on from round 1 into round 2: the round 1 value has to be taken away. Alive time (8) is derived from two of
#: these, bullets fired (20) are recomputed from the weapons, so neither is listed.
CUMULATIVE: tuple[int, ...] = (0, 1, 2, 3, 4, 5, 6, 7, 22)

#: Reset when a round starts: taken as they are. XP, sprees, objectives, revives, dead time, denied time, multikills.
PER_ROUND: tuple[int, ...] = (*range(9, 20), 25, *range(27, 38))

#: Count of fields in the file to the field numbers that this layout lacks, ascending. The oldest has neither denied
#: playtime (28) nor anything after the multikills; all have the fields with a decimal at the same places.
MISSING: dict[int, tuple[int, ...]] = {
    33: (28, 34, 35, 36, 37),
    36: (36, 37),
    37: (37,),
    38: (),
}
