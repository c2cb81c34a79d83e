"""Secrets from files: `SLOMIX_DISCORD__TOKEN_FILE=/run/secrets/token` instead of the secret in a variable."""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from slomix.errors import SettingsError

SUFFIX = "_FILE"
#: A secret that is longer is another file.
LONGEST_BYTES = 64 << 10


def read_secret_files(
    cls: type[BaseModel], environ: Mapping[str, str], start: str
) -> tuple[dict[str, str], dict[str, str]]:
    """`environ` with the secrets of `cls` that files hold, and which variable named the file of each.

    A variable goes before its file, which is not read then. Raises `SettingsError` with the variable and the path.
    """
    variables, origins = dict(environ), {}
    names = {name.upper(): name for name in environ}
    for path in secret_fields(cls):
        variable = (start + "__".join(path)).upper()
        named = names.get(variable + SUFFIX)
        if named is None:
            continue
        file = variables.pop(named)
        if variable not in names:
            variables[variable] = _content(named, Path(file))
            origins[variable] = named
    return variables, origins


def secret_fields(cls: type[BaseModel], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every field of `cls` that is typed as a secret."""
    for name, info in cls.model_fields.items():
        for kind in _kinds(info.annotation):
            if kind is SecretStr:
                yield (*path, name)
            elif isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from secret_fields(kind, (*path, name))


def _kinds(annotation: Any) -> Iterator[Any]:
    """A type, or the members of a union; what containers hold has no variable of its own."""
    origin = typing.get_origin(annotation)
    if origin is None:
        yield annotation
    elif not (isinstance(origin, type) and issubclass(origin, Mapping | tuple | list | set | frozenset)):
        for part in typing.get_args(annotation):
            yield from _kinds(part)


def _content(variable: str, file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(LONGEST_BYTES + 1)
        text = data.decode("utf-8").rstrip("\r\n")
    except OSError as error:
        raise SettingsError(
            f"{variable} names {file}, which can not be read: {error.strerror}. Correct the path, or let this account "
            "read the file."
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(
            f"{variable} names {file}, which is no text in UTF-8. Name the file of the secret."
        ) from None
    if not text or len(data) > LONGEST_BYTES:
        wrong = "is empty" if not text else "is too long for a secret"
        raise SettingsError(f"{variable} names {file}, which {wrong}. Name the file of the secret.")
    return text
