"""The tuning of highlights, by the settings of the plugin."""

from __future__ import annotations

from slomix_greatshot.highlights import Tuning
from slomix_greatshot.settings import GreatshotSettings


def tuning_of(settings: GreatshotSettings) -> Tuning:
    """Every number that the settings name; the others are the usual ones."""
    names = set(Tuning.__struct_fields__) & set(GreatshotSettings.model_fields)
    return Tuning(**{name: getattr(settings, name) for name in names})
