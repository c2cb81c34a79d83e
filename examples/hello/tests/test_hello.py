"""What a third party's tests look like: only the public kit, in a whole program."""

from __future__ import annotations

import pytest

from slomix.testing.contract import PluginContract


class TestContract(PluginContract):
    plugin = "hello"


@pytest.mark.asyncio
@pytest.mark.plugins("hello")
async def test_every_round_is_greeted_once(program, web, chat):
    await program.play("supply")
    await program.settle()
    assert (await web.get("/hello/")).text.count("Hello, supply!") == 1
    await chat.start(program.cogs())
    answer = await chat.fake.person.slash("hello last")
    assert answer.text == "Hello, supply!"
