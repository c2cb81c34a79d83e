"""The test kit for pages: a real browser, the rules that every page keeps, and pictures of pages to look at.

It needs Playwright (the Python package) and the system's Chromium; pages without a browser need neither.
"""

from __future__ import annotations
