"""The fake's page as a person uses it, in a real browser: commands with suggestions, forms, markdown."""

from __future__ import annotations

import pytest

from slomix.bot.commands import PluginCog
from slomix.testing.browser import Browser
from slomix.testing.discord.fixtures import Chat

pytestmark = pytest.mark.browser


async def test_a_command_is_chosen_filled_in_and_answered(chat: Chat, greeter: PluginCog, browser: Browser) -> None:
    await chat.start([greeter])
    async with browser.view(f"http://{chat.fake.host}:{chat.fake.port}/", width=390) as view:
        page = view.page
        await page.get_by_text("slomix is here").wait_for()
        await page.get_by_label("Message or command").press_sequentially("/hello gr")
        await page.get_by_role("option", name="/hello greet").wait_for()
        await page.keyboard.press("Enter")
        await page.keyboard.type("si")
        await page.get_by_role("option", name="silver").click()
        await page.keyboard.press("Enter")
        await page.get_by_role("heading", name="Hello silver").wait_for()
        assert await page.locator(".use").inner_text() == "you used /hello greet"
        assert (view.console, view.failed) == ([], [])
        assert await view.wider() == 0


async def test_a_form_is_filled_in_as_a_dialog(chat: Chat, greeter: PluginCog, browser: Browser) -> None:
    await chat.start([greeter])
    async with browser.view(f"http://{chat.fake.host}:{chat.fake.port}/") as view:
        page = view.page
        await page.get_by_label("Message or command").press_sequentially("/hello form")
        await page.get_by_role("option", name="/hello form").click()
        await page.get_by_role("button", name="Send").click()
        dialog = page.get_by_role("dialog")
        await dialog.get_by_role("textbox").fill("good game")
        await dialog.get_by_role("button", name="Submit").click()
        await page.locator("#log .body", has_text="good game").wait_for()
        assert view.console == []


async def test_what_people_write_is_text_with_markdown(chat: Chat, greeter: PluginCog, browser: Browser) -> None:
    await chat.start([greeter])
    channel = chat.bot.get_partial_messageable(chat.fake.channel_id)
    async with browser.view(f"http://{chat.fake.host}:{chat.fake.port}/") as view:
        await view.page.get_by_text("slomix is here").wait_for()
        await channel.send("**bold** `code` [a page](https://slomix.example/x) <img src=x onerror=alert(1)> <t:0:R>")
        body = view.page.locator("#log .body").last
        await body.get_by_text("bold").wait_for()
        assert await body.locator("strong").inner_text() == "bold"
        assert await body.locator("code").inner_text() == "code"
        assert await body.locator("a").get_attribute("href") == "https://slomix.example/x"
        assert await body.locator("time").count() == 1
        assert await body.locator("img").count() == 0
        assert view.console == []
