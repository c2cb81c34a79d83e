"""Rights that core itself asks for. Those of plugins are declared by `register_capabilities`."""

from __future__ import annotations

from dataclasses import dataclass

from slomix.contrib import Capability

OPERATE = "slomix.operate"


@dataclass(frozen=True, slots=True)
class Own:
    """A right of core, as the host gives those of plugins."""

    plugin: str
    record: Capability


OWN = (Own("slomix", Capability(name=OPERATE, summary="see what became of files and jobs, and have them tried again")),)
