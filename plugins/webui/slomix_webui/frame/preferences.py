"""What the reader chose (cookies), or what the browser says: language, theme, size. No account is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from starlette.responses import RedirectResponse, Response

from slomix.web.auth import own_path
from slomix_webui.api import Preferences, TextSize, Theme
from slomix_webui.frame.language import preferred

if TYPE_CHECKING:
    from starlette.requests import Request

LANGUAGE_COOKIE = "slomix_lang"
THEME_COOKIE = "slomix_theme"
SIZE_COOKIE = "slomix_size"
THEMES: tuple[Theme, ...] = get_args(Theme)
SIZES: tuple[TextSize, ...] = get_args(TextSize)
YEAR_S = 31_536_000


def preferences_of(request: Request, known: tuple[str, ...]) -> Preferences:
    """The preferences of who asks; anything unknown in a cookie is as if it were not there."""
    theme = request.cookies.get(THEME_COOKIE, "")
    language = request.cookies.get(LANGUAGE_COOKIE, "")
    if language not in known:
        language = preferred(request.headers.get("accept-language", ""), known)
    size = request.cookies.get(SIZE_COOKIE, "")
    return Preferences(
        language=language,
        theme=next((each for each in THEMES if each == theme), "auto"),
        size=next((each for each in SIZES if each == size), "normal"),
    )


async def keep_preferences(request: Request, known: tuple[str, ...]) -> Response:
    """`POST /preferences`: keep what was chosen in cookies, and go back to the page where it was chosen."""
    async with request.form(max_files=0, max_fields=8) as form:
        given = {key: str(value) for key, value in form.items()}
    answer = RedirectResponse(own_path(given.get("back", "")), 303)
    secure = request.url.scheme == "https"
    if given.get("theme") in THEMES:
        answer.set_cookie(THEME_COOKIE, given["theme"], max_age=YEAR_S, secure=secure, samesite="lax")
    if given.get("size") in SIZES:
        answer.set_cookie(SIZE_COOKIE, given["size"], max_age=YEAR_S, secure=secure, samesite="lax")
    if given.get("language") in known:
        answer.set_cookie(LANGUAGE_COOKIE, given["language"], max_age=YEAR_S, secure=secure, samesite="lax")
    return answer
