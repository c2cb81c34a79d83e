"""What plugins declare, without a program around them: for tests of single parsers and exports."""

from __future__ import annotations

from typing import Any, TypeVar

from slomix.cli.unopened import declared
from slomix.host.host import Contributed
from slomix.settings import CoreSettings, Settings

R = TypeVar("R")


def records_of(kind: type[R], hook: str, *plugins: str, **sections: dict[str, Any]) -> list[Contributed[R]]:
    """The records of one kind that these installed plugins yield in `hook`, by their default settings.

    `sections` are settings by plugin: `records_of(Parser, "register_parsers", "stats", stats={"min_rounds": 1})`.
    """
    settings = Settings(core=CoreSettings(), plugins=dict.fromkeys(plugins, True), plugin_sections=sections, file=None)
    return declared(settings, hook, kind)
