"""Uploads as browsers and programs send them: one file as the body, or a form with several."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from slomix_greatshot.intake.receiving import Receiving, Refused

if TYPE_CHECKING:
    from slomix_greatshot.store.demos import Demos, Taken

#: Of one form.
MOST_FILES = 32
MOST_HEADER = 8 << 10
Keep = Callable[[Receiving], Awaitable["Taken"]]


async def take_body(demos: Demos, body: AsyncIterator[bytes], name: str, announced: int | None, keep: Keep) -> Taken:
    """A body that is the file itself. Raises `Refused`."""
    async with demos.receiving(name, announced) as receiving:
        async for piece in body:
            await receiving.feed(piece)
        await receiving.finish()
        return await keep(receiving)


class FormUpload:
    """A form with files, read as it comes: `async for name, taken in form.files(body)`; a refused one gives why."""

    def __init__(self, demos: Demos, content_type: str, keep: Keep) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise Refused("Send the files as a form (multipart/form-data).", status=415)
        self._demos, self._keep = demos, keep
        self._events: list[tuple[str, bytes]] = []
        names = ("part_begin", "part_end", "header_end", "headers_finished")
        with_data = ("part_data", "header_field", "header_value")
        callbacks: dict[str, Callable[..., None]] = {f"on_{name}": self._noted(name) for name in names}
        callbacks |= {f"on_{name}": self._noted_data(name) for name in with_data}
        self._parser = MultipartParser(options[b"boundary"], callbacks)  # type: ignore[arg-type]
        self._header, self._value, self._disposition = bytearray(), bytearray(), b""
        self._receiving: Receiving | None = None
        self._file = ""
        self._files = 0

    async def files(self, body: AsyncIterator[bytes]) -> AsyncIterator[tuple[str, Taken | Refused]]:
        """Each file with what became of it. Raises `Refused` for what is no form."""
        try:
            async for piece in body:
                try:
                    self._parser.write(piece)
                except MultipartParseError as error:
                    raise Refused(f"The form is damaged: {error}") from None
                events, self._events = self._events, []
                for name, data in events:
                    done = await self._handle(name, data)
                    if done is not None:
                        yield done
        finally:
            await self._close()

    def _noted(self, name: str) -> Callable[[], None]:
        return lambda: self._events.append((name, b""))

    def _noted_data(self, name: str) -> Callable[[bytes, int, int], None]:
        return lambda data, start, end: self._events.append((name, data[start:end]))

    async def _handle(self, name: str, data: bytes) -> tuple[str, Taken | Refused] | None:
        if name == "part_data":
            return await self._guarded(self._feed(data))
        if name == "part_end":
            return await self._guarded(self._end())
        if name == "headers_finished":
            return await self._guarded(self._begin())
        self._head(name, data)
        return None

    def _head(self, name: str, data: bytes) -> None:
        if name == "part_begin":
            self._disposition = b""
        elif name == "header_field":
            self._header += data
        elif name == "header_value":
            self._value += data
        elif name == "header_end":
            if self._header.lower() == b"content-disposition":
                self._disposition = bytes(self._value)
            self._header, self._value = bytearray(), bytearray()
        if len(self._header) + len(self._value) > MOST_HEADER:
            raise Refused("The form is damaged: a header of a part is too long.")

    async def _guarded(self, step: Awaitable[Taken | None]) -> tuple[str, Taken | Refused] | None:
        """A file that is refused costs the others nothing: the rest of it is read and dropped."""
        name = self._file
        try:
            taken = await step
        except Refused as error:
            await self._close()
            return self._file or name, error
        return (name, taken) if taken is not None else None

    async def _begin(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._file = options.get(b"filename", b"").decode("utf-8", "replace")
        if not self._file:  # another field of the form, or no file was chosen
            return
        self._files += 1
        if self._files > MOST_FILES:
            raise Refused(f"A form may hold {MOST_FILES} files at most.")
        self._receiving = await self._demos.receiving(self._file).__aenter__()

    async def _feed(self, data: bytes) -> None:
        if self._receiving is not None:
            await self._receiving.feed(data)

    async def _end(self) -> Taken | None:
        receiving = self._receiving
        if receiving is None:
            return None
        await receiving.finish()
        taken = await self._keep(receiving)
        await self._close()
        return taken

    async def _close(self) -> None:
        if self._receiving is not None:
            await self._receiving.__aexit__(None, None, None)
            self._receiving = None
