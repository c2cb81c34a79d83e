"""What other plugins use of the dashboard: the records of its hooks, and what their functions are handed."""

from __future__ import annotations

from slomix_webui.api.acts import Acting, Action, Choice, Field, Refused, SettingsPanel
from slomix_webui.api.asked import Asked, BlockAsked, PageScope, Preferences, ScopePart, Subject, SubjectKind, Theme
from slomix_webui.api.blocks import Block, Column, ColumnAsked, Nothing, Tab, Widget
from slomix_webui.api.hooks import WebuiHooks
from slomix_webui.api.pages import (
    Asset,
    Crumb,
    Found,
    LiveChannel,
    Missing,
    Moved,
    NavItem,
    NavSlot,
    Page,
    ScopeBar,
    SearchProvider,
    ShareCard,
    Shown,
    Table,
    Templates,
)

__all__ = [
    "Acting",
    "Action",
    "Asked",
    "Asset",
    "Block",
    "BlockAsked",
    "Choice",
    "Column",
    "ColumnAsked",
    "Crumb",
    "Field",
    "Found",
    "LiveChannel",
    "Missing",
    "Moved",
    "NavItem",
    "NavSlot",
    "Nothing",
    "Page",
    "PageScope",
    "Preferences",
    "Refused",
    "ScopeBar",
    "ScopePart",
    "SearchProvider",
    "SettingsPanel",
    "ShareCard",
    "Shown",
    "Subject",
    "SubjectKind",
    "Tab",
    "Table",
    "Templates",
    "Theme",
    "WebuiHooks",
    "Widget",
]
