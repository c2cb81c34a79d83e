"""The roles of the database: what they are called, and which one a statement goes under.

Roles belong to the whole server, grants to one database. So the names say nothing of the database, and two databases
of one server share them.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The core, where a plugin's name would stand.
CORE = "core"
#: What everybody may read: core's tables and the `pub_` views. Every other role is a member.
PUBLIC_READER = "slomix_reader"
#: What every plugin may write of core's: events, jobs and posts. The role of a plugin without tables.
ANY_PLUGIN = "slomix_plugin"
#: Names that a plugin can not have, because its roles would be somebody else's.
RESERVED = frozenset((CORE, "reader", "plugin"))
RESERVED_ENDS = ("_owner", "_reader")


@dataclass(frozen=True, slots=True)
class Roles:
    """Under which role one part of the program writes, and under which it reads."""

    writes: str
    reads: str


#: A plugin that has no schema of its own.
GUEST = Roles(writes=ANY_PLUGIN, reads=PUBLIC_READER)


def roles_of(name: str) -> Roles:
    """The roles that "core" or a plugin with a schema runs under."""
    return Roles(writes=f"slomix_{name}", reads=f"slomix_{name}_reader")


def owner_of(name: str) -> str:
    """The role that owns the schema of "core" or of a plugin, and migrates it."""
    return f"slomix_{name}_owner"


def all_roles_of(name: str) -> tuple[str, ...]:
    """Every role that is there for "core" or for one plugin, and for nothing else."""
    roles = roles_of(name)
    return owner_of(name), roles.writes, roles.reads


class RoleBook:
    """Who has which roles. A plugin that nobody wrote down has no schema."""

    def __init__(self) -> None:
        self._known: dict[str, Roles] = {CORE: roles_of(CORE)}

    def write(self, plugin: str, *, schema: bool) -> None:
        """Write a plugin down; `schema`: whether it has tables."""
        self._known[plugin] = roles_of(plugin) if schema else GUEST

    def of(self, name: str) -> Roles:
        """The roles of "core" or of a plugin."""
        return self._known.get(name, GUEST)


def is_free(name: str) -> bool:
    """Whether a plugin of this name has roles of its own."""
    return name not in RESERVED and not name.endswith(RESERVED_ENDS)
