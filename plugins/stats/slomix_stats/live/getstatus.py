"""Asking a game server what it runs: the `getstatus` query of the Quake 3 protocol (docs/decisions/0061)."""

from __future__ import annotations

import asyncio
import re

from msgspec import Struct

#: An answer that does not come within this time is lost. The engine limits how often it answers one address, so this
#: is also the pause between two questions.
WAIT_S = 3.0
ATTEMPTS = 3
DEFAULT_PORT = 27960
#: More players than any server has; what follows them is not read.
MOST_PLAYERS = 128

_QUESTION = b"\xff\xff\xff\xffgetstatus\n"
_ANSWER = b"\xff\xff\xff\xffstatusResponse\n"
_PLAYER = re.compile(rb'\s*(-?\d{1,9}) (-?\d{1,9}) "(.*)"\s*', re.DOTALL)


class NoAnswer(Exception):
    """The server did not answer, or not in this protocol; the text says which."""


class Seen(Struct, frozen=True, kw_only=True):
    """Somebody on the server; `name` has its colour codes."""

    name: str
    score: int
    ping: int


class Answer(Struct, frozen=True, kw_only=True):
    """What a server says of itself: its variables (keys in lower case) and who is on it."""

    variables: dict[str, str]
    players: list[Seen]


def parse(datagram: bytes) -> Answer:
    """The answer in a datagram. Raises `NoAnswer` where it is none."""
    if not datagram.startswith(_ANSWER):
        raise NoAnswer("what answers there speaks another protocol")
    head, *lines = datagram[len(_ANSWER) :].split(b"\n")
    parts = [_text(part) for part in head.split(b"\\")[1:]]
    found = [match for line in lines[:MOST_PLAYERS] if (match := _PLAYER.fullmatch(line))]
    return Answer(
        variables={key.lower(): value for key, value in zip(parts[::2], parts[1::2], strict=False)},
        players=[Seen(score=int(match[1]), ping=int(match[2]), name=_text(match[3])) for match in found],
    )


def _text(data: bytes) -> str:
    """Names are in UTF-8 or in Latin-1, depending on who typed them; every byte stays something."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")


class _Question(asyncio.DatagramProtocol):
    """Takes the first datagram that comes back. The socket is connected, so it is the server's."""

    def __init__(self) -> None:
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: object) -> None:
        if not self.answer.done():
            self.answer.set_result(data)

    def error_received(self, exc: Exception) -> None:
        # nobody listens there (any more, or yet): that is an unanswered question, not the end
        pass


async def ask(address: str, *, wait_s: float = WAIT_S, attempts: int = ATTEMPTS) -> Answer:
    """Ask `host:port`, again when a datagram was lost. Raises `NoAnswer`."""
    loop = asyncio.get_running_loop()
    try:
        transport, question = await loop.create_datagram_endpoint(_Question, remote_addr=_split(address))
    except (OSError, ValueError, OverflowError) as error:
        raise NoAnswer(f"it can not be asked: {error}") from error
    try:
        for _ in range(attempts):
            transport.sendto(_QUESTION)
            done, _ = await asyncio.wait({question.answer}, timeout=wait_s)
            if done:
                return parse(question.answer.result())
    finally:
        transport.close()
    raise NoAnswer(f"it did not answer {attempts} questions")


def _split(address: str) -> tuple[str, int]:
    """Host and port of `host`, `host:port` or `[v6]:port`."""
    bracket, _, after = address.rpartition("]")
    host, _, port = after.partition(":")
    return bracket.lstrip("[") or host, int(port or DEFAULT_PORT)
