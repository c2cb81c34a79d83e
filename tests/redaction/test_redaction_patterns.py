"""What looks like a secret, what does not, and that nobody can make the look expensive."""

from __future__ import annotations

from multiprocessing import get_context

import pytest

from slomix.redact import Secrets, mask, mask_values


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("postgresql://u:pw@h/d", "postgresql://u:***@h/d"),
        ("postgres://u:p/w:d@h/d?password=abc1&x=1", "postgres://u:***@h/d?password=***&x=1"),
        ("https://u:pw@h/", "https://u:***@h/"),
        ("host=h password='a b' user=u", "host=h password=*** user=u"),
        ("PGPASSWORD=abc", "PGPASSWORD=***"),
        ("Authorization: Bearer abcdefgh1", "Authorization: Bearer ***"),
        ("{'Authorization': 'abc'}", "{'Authorization': '***'}"),
        ("Cookie: id=abc; b=c", "Cookie: ***"),
        ('{"api_key": "x y", "n": 1}', '{"api_key": "***", "n": 1}'),
        ('{\\"bot_token\\": \\"x\\"}', '{\\"bot_token\\": \\"***\\"}'),
        ("MTA1NjQ4MTIzNDU2Nzg5MDEy.GhIjKl.abcdefghijklmnopqrstuvwxyz0123", "***"),
    ],
)
def test_what_looks_like_a_secret(text: str, masked: str) -> None:
    assert mask(text) == masked
    assert mask(f"before {text}\nafter").startswith("before ")


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:8080/x?page=2",
        "unknown token: ask an admin",
        "the bot is off: no bot token",
        "set SLOMIX_DISCORD__TOKEN",
        "2026-01-01-200000-supply-round-1.txt",
        "basic settings of slomix.web 0.1.0",
        "3 tokens, 12 players",
    ],
)
def test_what_is_left_alone(text: str) -> None:
    assert mask(text) == text


def test_values_are_known_in_every_form_and_short_ones_as_words() -> None:
    secrets = Secrets()
    for value in ('a"b\\c é long one', "hunter2", "abc", "slomix"):
        secrets.add(value)
    assert secrets.mask('x a"b\\c é long one y') == "x *** y"
    assert secrets.mask(r"x a\"b\\c \u00e9 long one y") == "x *** y"
    assert secrets.mask("x a%22b%5Cc%20%C3%A9%20long%20one y") == "x *** y"
    assert secrets.mask("hunter2, hunter22, abc, slomix") == "***, hunter22, abc, slomix"


def test_keys_tell_and_shapes_stay() -> None:
    event = {"password": "a", "n": 1, "deep": [{"access_token": ["b"], "tokens": 3, "token": None}], "at": (1, 2.5)}
    assert mask_values(event) == {
        "password": "***",
        "n": 1,
        "deep": [{"access_token": "***", "tokens": 3, "token": None}],
        "at": [1, 2.5],
    }


HOSTILE = (
    "postgres://a:",
    "token=",
    "'token': '",
    "a://",
    "a.a-a_",
    "bearer a1",
    "cookie: a=",
    "\\'secret\\': \\'",
    "password='",
)


def test_no_text_makes_it_slow() -> None:
    """In a process with an end: a quadratic pattern would take minutes for a megabyte of these."""
    process = get_context("spawn").Process(target=_mask_all)
    process.start()
    process.join(60)
    alive = process.is_alive()
    process.kill()
    assert not alive
    assert process.exitcode == 0


def _mask_all() -> None:
    for part in HOSTILE:
        mask(part * (300_000 // len(part)) + " token=")
