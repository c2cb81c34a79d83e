"""Static files at `/static/<plugin>/<content hash>/<path>`: the address changes with the content.

So a browser may keep them for ever. The folders are read once when the program starts. Only files that
were there then are served; a path is looked up, never put together with a folder, so nothing outside can be reached.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import cast

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from slomix.errors import PluginError
from slomix.web.mounts import NamedRoute
from slomix.web.problems import NotFound

IMMUTABLE = "public, max-age=31536000, immutable"
#: Types that the machine's own table may not know or may know wrongly.
_TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it was at the start."""

    file: Path
    etag: str
    media_type: str


@dataclass(frozen=True, slots=True)
class StaticTree:
    """All static files of one plugin; `hash` is of their paths and contents."""

    hash: str
    files: dict[str, StaticFile]


class StaticFiles:
    """The static files of all plugins."""

    def __init__(self) -> None:
        self._trees: dict[str, StaticTree] = {}

    def add(self, plugin: str, folders: Iterable[Path]) -> None:
        """Read a plugin's folders. Raises `PluginError` when one of them is not there."""
        self._trees[plugin] = read_tree(plugin, folders)

    def url(self, plugin: str, path: str) -> str:
        """The address of a file; raises `PluginError` when the plugin has no such file."""
        tree = self._trees.get(plugin)
        if tree is None or path not in tree.files:
            raise PluginError(f"plugin {plugin!r} has no static file {path!r}; look for it in its Static folder")
        return f"/static/{plugin}/{tree.hash}/{path}"

    def route(self) -> NamedRoute:
        """The route that serves them."""
        return NamedRoute("/static/{plugin}/{hash}/{path:path}", self._serve, name="static")

    async def _serve(self, request: Request) -> Response:
        where = request.path_params
        tree = self._trees.get(where["plugin"])
        found = tree.files.get(where["path"]) if tree is not None and tree.hash == where["hash"] else None
        if found is None:
            raise NotFound("There is no such file; reload the page that asked for it.")
        headers = {"ETag": found.etag, "Cache-Control": IMMUTABLE}
        if request.headers.get("if-none-match") == found.etag:
            return Response(status_code=304, headers=headers)
        return FileResponse(found.file, headers=headers, media_type=found.media_type)


def url(request: Request, plugin: str, path: str) -> str:
    """The address of a plugin's static file, for the page that answers `request`."""
    return cast(StaticFiles, request.app.state.static).url(plugin, path)


def read_tree(plugin: str, folders: Iterable[Path]) -> StaticTree:
    """Index and hash the files of `folders`. Raises `PluginError` when one is missing or two hold the same path."""
    total = blake2b(digest_size=8)
    files: dict[str, StaticFile] = {}
    for folder in folders:
        if not folder.is_dir():
            raise PluginError(f"plugin {plugin!r} declares a static folder that is not there: {folder}")
        for path, file in _walk(folder.resolve()):
            if path in files:
                raise PluginError(f"plugin {plugin!r} has two static files {path!r}; rename one")
            digest = blake2b(file.read_bytes(), digest_size=12).hexdigest()
            total.update(f"{path}\0{digest}\n".encode())
            files[path] = StaticFile(file, f'"{digest}"', media_type_of(path))
    return StaticTree(total.hexdigest(), files)


def media_type_of(path: str) -> str:
    """The media type by the file's ending."""
    ending = Path(path).suffix.lower()
    return _TYPES.get(ending) or mimetypes.guess_type(path)[0] or "application/octet-stream"


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Relative path and file, sorted; hidden files and links that leave the folder are left out."""
    for file in sorted(folder.rglob("*")):
        relative = file.relative_to(folder)
        hidden = any(part.startswith(".") for part in relative.parts)
        if file.is_file() and not hidden and file.resolve().is_relative_to(folder):
            yield relative.as_posix(), file
