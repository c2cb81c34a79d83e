"""A fake Discord on the wire (REST v10 and gateway), for tests, the demo and machines without a bot token.

    from slomix.testing.discord.server import FakeDiscord

    async with FakeDiscord() as fake:
        settings = DiscordSettings(token=fake.token, api_base=fake.api_base, gateway_url=fake.gateway_url, ...)
        ...                                     # an unmodified discord.py client runs against it
        answer = await fake.person.slash("stats player", name="bronze")
        assert answer.embeds[0]["title"] == "..."

`python -m slomix.testing.discord --port N` runs it in a process of its own. Nothing is imported here, so that the
fixtures cost a test run nothing until they are used.
"""
