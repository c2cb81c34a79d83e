"""The JSON objects of Discord's v10 API, as a client receives them."""

from __future__ import annotations

from collections.abc import Iterable

from slomix.testing.discord.models import EPHEMERAL, Json, Message

ALL_PERMISSIONS = str(2**53 - 1)
JOINED = "2026-01-01T00:00:00+00:00"


def user(user_id: str, name: str, *, bot: bool = False) -> Json:
    """A user object."""
    return {
        "id": user_id,
        "username": name,
        "discriminator": "0",
        "global_name": name,
        "avatar": None,
        "bot": bot,
        "public_flags": 0,
        "flags": 0,
    }


def member(person: Json, roles: Iterable[str] = ()) -> Json:
    """A member of the guild with every permission."""
    return {
        "user": person,
        "roles": list(roles),
        "joined_at": JOINED,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "permissions": ALL_PERMISSIONS,
        "nick": None,
        "avatar": None,
        "premium_since": None,
        "pending": False,
    }


def channel(channel_id: str, guild_id: str, name: str) -> Json:
    """A text channel."""
    return {
        "id": channel_id,
        "type": 0,
        "name": name,
        "position": 0,
        "permission_overwrites": [],
        "guild_id": guild_id,
        "permissions": ALL_PERMISSIONS,
        "nsfw": False,
        "parent_id": None,
        "topic": None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "flags": 0,
    }


def voice_channel(channel_id: str, guild_id: str, name: str) -> Json:
    """A voice channel."""
    voice = {"type": 2, "bitrate": 64000, "user_limit": 0, "rtc_region": None, "video_quality_mode": 1}
    return channel(channel_id, guild_id, name) | voice


def voice_state(person: Json, guild_id: str, channel_id: str | None) -> Json:
    """Where a member is in voice; None: nowhere."""
    flags = ("deaf", "mute", "self_deaf", "self_mute", "self_video", "suppress")
    return {
        "guild_id": guild_id,
        "channel_id": channel_id,
        "user_id": person["user"]["id"],
        "member": person,
        "session_id": f"session-{person['user']['id']}",
        **dict.fromkeys(flags, False),
        "request_to_speak_timestamp": None,
    }


def direct_channel(channel_id: str, person: Json) -> Json:
    """The channel between the bot and one person."""
    return {"id": channel_id, "type": 1, "last_message_id": None, "flags": 0, "recipients": [person]}


def guild(guild_id: str, name: str, channels: list[Json], members: list[Json], owner_id: str) -> Json:
    """A guild as GUILD_CREATE sends it."""
    everyone = {
        "id": guild_id,
        "name": "@everyone",
        "permissions": ALL_PERMISSIONS,
        "position": 0,
        "color": 0,
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
    }
    empty: tuple[str, ...] = (
        "emojis",
        "stickers",
        "features",
        "presences",
        "voice_states",
        "threads",
        "stage_instances",
        "guild_scheduled_events",
        "soundboard_sounds",
    )
    return {
        "id": guild_id,
        "name": name,
        "owner_id": owner_id,
        "member_count": len(members),
        "roles": [everyone],
        "channels": channels,
        "members": members,
        **{key: [] for key in empty},
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "preferred_locale": "en-US",
        "nsfw_level": 0,
        "mfa_level": 0,
        "premium_tier": 0,
        "joined_at": JOINED,
        "large": False,
        "unavailable": False,
        "afk_timeout": 300,
        "system_channel_flags": 0,
    }


def application(application_id: str, owner: Json) -> Json:
    """The application that owns the bot."""
    return {
        "id": application_id,
        "name": "slomix",
        "description": "",
        "icon": None,
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": owner,
        "verify_key": "00",
        "summary": "",
        "flags": 0,
        "team": None,
    }


def message(sent: Message, guild_id: str, *, nonce: bool = False) -> Json:
    """A message object. Discord repeats the nonce to the sender only, not to one who reads the channel later."""
    return {
        "id": sent.id,
        "channel_id": sent.channel_id,
        "guild_id": guild_id,
        "author": sent.author,
        "content": sent.content,
        "timestamp": sent.sent_at.isoformat(),
        "edited_timestamp": sent.edited_at.isoformat() if sent.edited_at else None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [
            {"id": sent.id, "filename": name, "size": len(data), "url": _address(sent, name), "proxy_url": ""}
            for name, data in sent.files.items()
        ],
        "embeds": [{"type": "rich", **_with_picture(sent, embed)} for embed in sent.embeds],
        "components": sent.components,
        "pinned": False,
        "type": 0,
        "flags": EPHEMERAL if sent.ephemeral else 0,
        **({"nonce": sent.nonce} if nonce and sent.nonce is not None else {}),
    }


def _address(sent: Message, name: str) -> str:
    """Where the page finds a file; Discord has its own machines for that."""
    return f"/_/files/{sent.id}/{name}"


def _with_picture(sent: Message, embed: Json) -> Json:
    """An embed whose picture goes along as a file, as it is shown."""
    _, attached, name = ((embed.get("image") or {}).get("url") or "").partition("attachment://")
    return embed | {"image": {"url": _address(sent, name)}} if attached and name in sent.files else embed
