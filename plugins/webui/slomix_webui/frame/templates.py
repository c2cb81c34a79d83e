"""One Jinja2 environment per language over the templates of all plugins: escaping on, unknown variables are errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from jinja2 import FileSystemLoader, PrefixLoader, StrictUndefined

from slomix_webui import parts
from slomix_webui.frame.filters import FILTERS
from slomix_webui.frame.quick import QuickEnvironment
from slomix_webui.ui import install

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment

    from slomix_webui.frame.language import Catalogue


def environment(
    folders: Mapping[str, list[Path]],
    filters: Mapping[str, Callable[..., Any]],
    texts: Catalogue,
) -> Environment:
    """The environment of a language. `folders` are the plugins' templates, reached as `<plugin>/<file>`.

    Templates have `_("text", name=value)` and `n(count, "{count} map", "{count} maps")` for texts.
    """
    made = QuickEnvironment(
        loader=PrefixLoader({plugin: FileSystemLoader(its) for plugin, its in folders.items()}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=400,
    )
    made.filters.update(FILTERS)
    made.filters.update(filters)
    made.globals.update({"_": texts.text, "n": texts.count, "language": texts.language, "part": parts})
    install(made, prefix="webui/")
    return made
