"""The maps of the simulated server: limits and attack times as stopwatch servers see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPlan:
    """One map. `usual_s` is what a common attack needs, `hold` the chance that an even attack fails.

    `goal` is what the attackers do: blow something up, or carry documents. `waves` are the respawn intervals in
    seconds of Axis and Allies. `defender` is 1 (Axis) on all of these.
    """

    name: str
    limit_s: int
    usual_s: int
    hold: float
    goal: Literal["dynamite", "documents"]
    waves: tuple[int, int]
    defender: int = 1


MAPS: tuple[MapPlan, ...] = (
    MapPlan(name="te_escape2", limit_s=720, usual_s=260, hold=0.08, goal="documents", waves=(30, 20)),
    MapPlan(name="supply", limit_s=720, usual_s=540, hold=0.3, goal="documents", waves=(30, 20)),
    MapPlan(name="etl_adlernest", limit_s=600, usual_s=270, hold=0.12, goal="documents", waves=(25, 20)),
    MapPlan(name="etl_sp_delivery", limit_s=720, usual_s=390, hold=0.25, goal="documents", waves=(30, 20)),
    MapPlan(name="sw_goldrush_te", limit_s=720, usual_s=540, hold=0.35, goal="documents", waves=(30, 20)),
    MapPlan(name="et_brewdog", limit_s=600, usual_s=240, hold=0.15, goal="documents", waves=(25, 15)),
    MapPlan(name="etl_frostbite", limit_s=600, usual_s=220, hold=0.15, goal="documents", waves=(25, 20)),
    MapPlan(name="erdenberg_t2", limit_s=720, usual_s=400, hold=0.2, goal="dynamite", waves=(30, 20)),
    MapPlan(name="braundorf_b4", limit_s=600, usual_s=330, hold=0.2, goal="dynamite", waves=(25, 15)),
)
