"""The few pages that core has itself: errors, and the list of plugins. Everything else is a plugin's."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from starlette.types import Scope

if TYPE_CHECKING:
    from slomix.web.status import PluginInfo

_SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Slomix</title>
{style}</head>
<body>
<main>
<h1>{title}</h1>
{body}
<p><a href="/">Home</a></p>
</main>
</body>
</html>
"""


def shell(scope: Scope, title: str, body: str) -> str:
    """A whole page around `body`, which is HTML already; `title` is text."""
    app: Any = scope.get("app")
    style = f'<link rel="stylesheet" href="{escape(app.state.core_style)}">\n' if app is not None else ""
    return _SHELL.format(title=escape(title), style=style, body=body)


def message_page(
    scope: Scope, title: str, detail: str, *, incident: str | None = None, link: tuple[str, str] | None = None
) -> str:
    """One sentence, what to do next (text and address), and the incident number when there is one."""
    body = f"<p>{escape(detail)}</p>"
    if link is not None:
        body += f'\n<p><a href="{escape(link[1])}">{escape(link[0])}</a></p>'
    if incident is not None:
        body += f"\n<p>Incident <code>{escape(incident)}</code>: the log has more under this number.</p>"
    return shell(scope, title, body)


def plugins_page(scope: Scope, plugins: Sequence[PluginInfo]) -> str:
    """The plugins with state and reason, as a table."""
    rows = "\n".join(_plugin_row(plugin) for plugin in plugins)
    body = f"""<div class="scroll"><table>
<caption>What runs, what does not, and why</caption>
<thead><tr><th scope="col">Plugin</th><th scope="col">Version</th><th scope="col">State</th>
<th scope="col">Reason</th><th scope="col">Hooks</th></tr></thead>
<tbody>
{rows}
</tbody>
</table></div>"""
    return shell(scope, "Plugins", body)


def _plugin_row(plugin: PluginInfo) -> str:
    hooks = ", ".join(hook.removeprefix("register_") for hook in plugin.hooks)
    return (
        f'<tr><th scope="row">{escape(plugin.name)}</th><td>{escape(plugin.version or "")}</td>'
        f'<td class="state {escape(plugin.state)}">{escape(plugin.state)}</td>'
        f"<td>{escape(plugin.reason)}</td><td>{escape(hooks)}</td></tr>"
    )
