"""Static files at `/static/<plugin>/<content hash>/<path>`: the address changes with the content.

So a browser may keep them for ever. The folders are read once when the program starts. Only files that
were there then are served; a path is looked up, never put together with a folder, so nothing outside can be reached.
Text is compressed then, as small as it gets, so that no request has to.
"""

from __future__ import annotations

import gzip
import mimetypes
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import cast

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from slomix.contrib import Static
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
#: What gets smaller beside text.
_COMPRESSIBLE = frozenset({"application/json", "application/manifest+json", "application/wasm", "image/svg+xml"})
#: A script that is joined with others can not be linked to any.
_LINKED = re.compile(rb"^(?:import\b(?!\()|export\b)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file as it was at the start: where it lies, or its bytes, compressed, where it is text or a bundle."""

    where: Path | bytes
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

    def add(self, plugin: str, records: Iterable[Static]) -> None:
        """Read a plugin's folders. Raises `PluginError` when one of them, or a file of a bundle, is not there."""
        self._trees[plugin] = read_tree(plugin, records)

    def url(self, plugin: str, path: str) -> str:
        """The address of a file; raises `PluginError` when the plugin has no such file."""
        found = self.find(plugin, path)
        if found is None:
            raise PluginError(f"plugin {plugin!r} has no static file {path!r}; look for it in its Static folder")
        return found

    def find(self, plugin: str, path: str) -> str | None:
        """The address of a file that may be there or not."""
        tree = self._trees.get(plugin)
        return None if tree is None or path not in tree.files else f"/static/{plugin}/{tree.hash}/{path}"

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
        known = request.headers.get("if-none-match") == found.etag
        if isinstance(found.where, Path):
            if known:
                return Response(status_code=304, headers=headers)
            return FileResponse(found.where, headers=headers, media_type=found.media_type)
        if known:
            return Response(status_code=304, headers=headers)
        if "gzip" not in request.headers.get("accept-encoding", ""):  # the app adds `Vary` to what is plain
            return Response(gzip.decompress(found.where), headers=headers, media_type=found.media_type)
        headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(found.where, headers=headers, media_type=found.media_type)


def url(request: Request, plugin: str, path: str) -> str:
    """The address of a plugin's static file, for the page that answers `request`."""
    return cast(StaticFiles, request.app.state.static).url(plugin, path)


def find(request: Request, plugin: str, path: str) -> str | None:
    """The same for a file that may be there or not; None where it is not."""
    return cast(StaticFiles, request.app.state.static).find(plugin, path)


def read_tree(plugin: str, records: Iterable[Static]) -> StaticTree:
    """Index, hash and compress the files of `records`.

    Raises `PluginError` when a folder or a file of a bundle is missing, or two files have the same path.
    """
    total = blake2b(digest_size=8)
    files: dict[str, StaticFile] = {}
    for path, content, file in _contents(plugin, records):
        if path in files:
            raise PluginError(f"plugin {plugin!r} has two static files {path!r}; rename one")
        digest = blake2b(content, digest_size=12).hexdigest()
        total.update(f"{path}\0{digest}\n".encode())
        files[path] = _static_file(path, content, file, digest)
    return StaticTree(total.hexdigest(), files)


def _contents(plugin: str, records: Iterable[Static]) -> Iterator[tuple[str, bytes, Path | None]]:
    """Path, content and file of everything; a bundle has no file."""
    for record in records:
        if not record.folder.is_dir():
            raise PluginError(f"plugin {plugin!r} declares a static folder that is not there: {record.folder}")
        there = dict(_walk(record.folder.resolve()))
        for path, file in there.items():
            yield path, file.read_bytes(), file
        for name, parts in record.bundles.items():
            yield name, _joined(plugin, name, parts, there), None


def _joined(plugin: str, name: str, parts: Iterable[str], there: Mapping[str, Path]) -> bytes:
    missing = [part for part in parts if part not in there]
    if missing:
        raise PluginError(f"plugin {plugin!r} joins {', '.join(missing)} into {name!r}, but has no such file")
    texts = [there[part].read_bytes().strip(b"\n") for part in parts]
    if not name.endswith(".js"):
        return b"\n".join(texts) + b"\n"
    if linked := [part for part, text in zip(parts, texts, strict=True) if _LINKED.search(text)]:
        raise PluginError(f"plugin {plugin!r} joins {', '.join(linked)} into {name!r}: it must not import or export")
    # a block for each, so that no two share a name
    return b"".join(b"{\n" + text + b"\n}\n" for text in texts)


def _static_file(path: str, content: bytes, file: Path | None, digest: str) -> StaticFile:
    kind = media_type_of(path)
    if file is not None and not (kind.startswith("text/") or kind in _COMPRESSIBLE):
        return StaticFile(file, f'"{digest}"', kind)
    # weak: the same for the compressed and the plain bytes
    return StaticFile(gzip.compress(content, 9, mtime=0), f'W/"{digest}"', kind)


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
