"""HTTP as uvicorn reads it, with a limit on what comes before the body: address and headers of one request."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Where the scope keeps what cuts the connection at once, for who reads too little for an ordinary end.
ABORT = "slomix.abort"
#: A browser's request has about 1 KiB of them; nginx allows 32 KiB.
MOST_HEAD_BYTES = 32 << 10
MOST_HEADERS = 100
_REFUSAL = b"The address and the headers of a request are limited to %d KiB and %d headers.\n" % (
    MOST_HEAD_BYTES >> 10,
    MOST_HEADERS,
)
_ANSWER = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%b" % (len(_REFUSAL), _REFUSAL)
)


class HeadTooLarge(Exception):
    """Ends the parser's work; the protocol has the answer."""


class LimitedHead(HttpToolsProtocol):
    """Refuses with 431 what uvicorn's parser would collect without end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._in_head = True
        self._unfinished = 0
        self._finished = 0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._in_head and not self.transport.is_closing():
            # a header that does not end is known to the parser only
            self._unfinished += len(data)
            if self._unfinished > MOST_HEAD_BYTES:
                self._refuse()

    def on_message_begin(self) -> None:
        self._in_head, self._unfinished, self._finished = True, 0, 0
        super().on_message_begin()
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]
        scope[ABORT] = self.transport.abort

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._count(len(url))

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._count(len(name) + len(value) + 4)

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        """Uvicorn's answer to what is no HTTP, and to our `HeadTooLarge`."""
        if self._finished > MOST_HEAD_BYTES or len(self.headers or ()) > MOST_HEADERS:
            self._refuse()
        else:
            super().send_400_response(msg)

    def _count(self, size: int) -> None:
        self._finished += size
        if self._finished > MOST_HEAD_BYTES or len(self.headers) > MOST_HEADERS:
            raise HeadTooLarge

    def _refuse(self) -> None:
        self.transport.write(_ANSWER)
        self.transport.close()
