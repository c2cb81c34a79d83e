"""The picture of a player in link previews: the name, how it goes, three numbers and the last nights. Pure."""

from __future__ import annotations

from html import escape

from slomix_webui.pages.players.view import PlayerView, Standing

_SAID: dict[Standing, str] = {
    "unplayed": "No counted round yet",
    "new": "New here",
    "far_above": "Well above the own level",
    "above": "Above the own level",
    "usual": "At the own level",
    "below": "Below the own level",
    "far_below": "Well below the own level",
}
_INK, _QUIET, _PAPER, _ACCENT, _LINE = "#f2efe6", "#a7a496", "#16180f", "#e0a526", "#3a3c30"
#: Characters of a name that fit.
_LONGEST = 22
_LEFT, _RIGHT, _TOP, _BOTTOM = 70.0, 1130.0, 430.0, 560.0


def player_card(view: PlayerView) -> str:
    """The SVG, 1200 x 630."""
    line = view.portrait.profile.lifetime
    name = view.label if len(view.label) <= _LONGEST else view.label[: _LONGEST - 1] + "…"
    said = _SAID[view.standing]
    if view.form is not None:
        said += f": {view.form.delta_percent:+.0f} % damage per minute"
    numbers = (
        (f"{line.dpm:,.0f}", "damage per minute"),
        (f"{line.kd:.2f}", "kills per death"),
        (f"{line.rounds:,}", "rounds"),
    )
    told = "".join(
        f'<text x="{70 + 370 * place}" y="330" fill="{_INK}" font-size="76" font-weight="700">{value}</text>'
        f'<text x="{70 + 370 * place}" y="372" fill="{_QUIET}" font-size="28">{label}</text>'
        for place, (value, label) in enumerate(numbers)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" viewBox="0 0 1200 630" '
        'font-family="sans-serif">'
        f'<rect width="1200" height="630" fill="{_PAPER}"/><rect width="1200" height="12" fill="{_ACCENT}"/>'
        f'<text x="70" y="140" fill="{_INK}" font-size="84" font-weight="700">{escape(name)}</text>'
        f'<text x="70" y="205" fill="{_ACCENT}" font-size="36">{escape(said)}</text>'
        f"{told}{_nights(view)}"
        f'<text x="1130" y="608" fill="{_QUIET}" font-size="26" text-anchor="end">Slomix</text></svg>'
    )


def _nights(view: PlayerView) -> str:
    """The last nights as a line over the dashed own level; nothing with fewer than two."""
    values = [each.line.dpm for each in reversed(view.nights)]
    if len(values) < 2:
        return ""
    usual = view.portrait.profile.lifetime.dpm
    low, high = min(*values, usual), max(*values, usual)
    span = (high - low) or 1.0

    def down(value: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * (value - low) / span, 1)

    step = (_RIGHT - _LEFT) / (len(values) - 1)
    points = " ".join(f"{round(_LEFT + step * place, 1)},{down(value)}" for place, value in enumerate(values))
    return (
        f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{down(usual)}" y2="{down(usual)}" stroke="{_LINE}" stroke-width="3" '
        f'stroke-dasharray="8 8"/><polyline points="{points}" fill="none" stroke="{_ACCENT}" stroke-width="6" '
        'stroke-linejoin="round" stroke-linecap="round"/>'
        f'<circle cx="{_RIGHT}" cy="{down(values[-1])}" r="10" fill="{_ACCENT}"/>'
    )
