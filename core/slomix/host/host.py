"""The host: finds, orders, imports, configures, registers, starts and stops plugins, each isolated from the others."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, TypeVar

import structlog

from slomix import contrib
from slomix.context import Contribution, PluginContext
from slomix.errors import NotHealthy, PluginError
from slomix.host.discovery import Found, core_version, discover, unfit
from slomix.host.extensions import Extension, extensions, translated, unknown_hooks
from slomix.host.loader import LoadedPlugin, configure, implemented, import_plugin, make_registry
from slomix.host.order import order
from slomix.host.records import claim, clash, problem, walled
from slomix.host.runner import MOST_RECORDS, HookRunner, describe, isolated, names
from slomix.host.state import ACTIVE, UNHEALTHY, PluginState, State
from slomix.host.supervisor import PluginTasks, Supervisor, end_strays
from slomix.plugin import Plugin
from slomix.settings import Settings

log = structlog.get_logger("slomix.host")

R = TypeVar("R")

#: The records that each declaration may yield.
RECORDS: Mapping[str, tuple[type, ...]] = {
    "register_parsers": (contrib.Parser,),
    "register_handlers": (contrib.Handler,),
    "register_jobs": (contrib.Job,),
    "register_services": (contrib.Service,),
    "register_commands": (contrib.CogFactory,),
    "register_posts": (contrib.Post,),
    "register_digest_blocks": (contrib.DigestBlock,),
    "register_routes": (contrib.Api, contrib.Page, contrib.Static),
    "register_exports": (contrib.Export,),
    "register_cli": (contrib.CliCommand,),
    "register_checks": (contrib.Check,),
    "register_simulators": (contrib.Simulator,),
    "register_capabilities": (contrib.Capability,),
    "register_people": (contrib.People,),
    "register_importers": (contrib.Importer,),
    "register_hookspecs": (contrib.HookSpecs,),
}
#: Declarations that a plugin can live without: it is degraded when they raise, and failed for all others.
OPTIONAL = frozenset({"register_commands", "register_routes", "register_cli", "register_checks", "register_simulators"})

STARTUP_SECONDS = 10.0
SHUTDOWN_SECONDS = 5.0
STRAYS = "background work begins with ctx.tasks.spawn and ends when it is cancelled"


@dataclass(frozen=True, slots=True)
class Contributed(Generic[R]):
    """A record and the name of the plugin that declared it."""

    plugin: str
    record: R


class Host:
    """All plugins of one program. `only` and `without` narrow the choice of plugins.toml for this run.

    Use: `load()`, `register(...)`, `await startup()`, …, `await shutdown()`. A plugin that goes wrong on the way is
    `failed` with a reason, whoever requires it `blocked`; the rest goes on, unless `strict` is set: then each step
    raises `NotHealthy` that lists the reasons.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        only: Collection[str] | None = None,
        without: Collection[str] = (),
        startup_seconds: float = STARTUP_SECONDS,
        shutdown_seconds: float = SHUTDOWN_SECONDS,
    ) -> None:
        self.settings = settings
        self.states: dict[str, PluginState] = {}
        self._only = frozenset(only) if only is not None else None
        self._without = frozenset(without)
        self._startup_seconds = startup_seconds
        self._shutdown_seconds = shutdown_seconds
        self._registry = make_registry()
        self._runner = HookRunner(self._registry)
        self._supervisor = Supervisor(self.degrade)
        self._order: list[LoadedPlugin] = []
        self._requires: dict[str, tuple[str, ...]] = {}
        self._contexts: dict[str, PluginContext] = {}
        self._records: list[Contributed[Any]] = []
        #: What `records` found, and of how many: none is ever taken away.
        self._by_kind: dict[type[Any], tuple[int, Sequence[Contributed[Any]]]] = {}
        self._extensions: dict[str, Extension] = {}
        self._claims: dict[str, str] = {}
        self._troubles: dict[str, list[str]] = {}
        self._told: list[Callable[[PluginState], None]] = []

    # ---- states -----------------------------------------------------------------------

    @property
    def loaded(self) -> list[LoadedPlugin]:
        """The plugins that take part, in order."""
        return [entry for entry in self._order if self.is_active(entry.name)]

    def is_active(self, name: str) -> bool:
        """Whether a plugin takes part (loaded, running or degraded)."""
        return name in self.states and self.states[name].state in ACTIVE

    def fail(self, name: str, reason: str, error: BaseException | None = None) -> None:
        """Mark a plugin as failed and block whoever requires it. The traceback of `error` goes to the debug log."""
        self._set(name, "failed", reason)
        if error is not None:
            log.debug("plugin failed here", plugin=name, exc_info=error)
        self._supervisor.cancel(name)
        self._block_dependants(name)

    def degrade(self, name: str, reason: str) -> None:
        """Note that something of a running plugin does not work; it goes on with the rest."""
        troubles = self._troubles.setdefault(name, [])
        if self.is_active(name) and reason not in troubles:
            troubles.append(reason)
            self._set(name, "degraded", "; ".join(troubles), told=reason)

    def mended(self, name: str, reason: str) -> None:
        """Take back what `degrade` said with this reason; the plugin runs again when nothing else is wrong."""
        troubles = self._troubles.get(name, [])
        if reason in troubles:
            troubles.remove(reason)
            if self.states[name].state == "degraded":
                self._set(name, "degraded" if troubles else "running", "; ".join(troubles))
                log.info("plugin recovered", plugin=name, reason=reason)

    def on_change(self, tell: Callable[[PluginState], None]) -> None:
        """Have `tell` called with every new state from now on."""
        self._told.append(tell)

    def _set(self, name: str, state: State, reason: str, told: str | None = None) -> None:
        """Change a state; the log is told once, `told` where the reason repeats what it was told before."""
        old = self.states.get(name, PluginState(name=name, state=state))
        self.states[name] = replace(old, state=state, reason=reason)
        if (old.state, old.reason) == (state, reason):
            return
        if reason and state != "disabled":
            log.warning("plugin is " + state, plugin=name, reason=told or reason)
        for tell in self._told:
            tell(self.states[name])

    def _block_dependants(self, name: str) -> None:
        for other, requires in self._requires.items():
            if name in requires and self.is_active(other):
                self._set(other, "blocked", self._lack(name))
                self._supervisor.cancel(other)
                self._block_dependants(other)

    def _lack(self, name: str) -> str:
        """Why a required plugin is not there and what to do about it."""
        state = self.states.get(name)
        if state is None:
            return f"needs {name}, which is not installed; install it, then `slomix plugins enable {name}`"
        if state.state == "disabled":
            return f"needs {name}, which is disabled; {state.reason}"
        return f"needs {name}, which is {state.state}; mend {name} first"

    def refuse_if_strict(self) -> None:
        """Raise `NotHealthy` when `strict` is set and a plugin is missing, incompatible, blocked or failed."""
        unhealthy = [s for s in self.states.values() if s.state in UNHEALTHY]
        if self.settings.core.strict and unhealthy:
            listed = "\n".join(f"  {s.name} is {s.state}: {s.reason}" for s in unhealthy)
            raise NotHealthy(f"slomix.strict is set and not every plugin runs:\n{listed}")

    # ---- loading ----------------------------------------------------------------------

    def load(self) -> None:
        """Discover, check versions, import, order and configure. Raises `NotHealthy` under `strict`."""
        found = discover()
        self._check_choice(found)
        core = core_version()
        chosen = [name for name in self._choose(found) if self._fits(found[name], core)]
        plugins = {name: plugin for name in chosen if (plugin := self._import(found[name])) is not None}
        self._requires = {name: tuple(plugin.requires) for name, plugin in plugins.items()}
        before = {name: (*plugin.requires, *plugin.after) for name, plugin in plugins.items()}
        ordered = order(list(plugins), before)
        for name, circle in ordered.cycles.items():
            self.fail(name, f"waits for itself in a circle: {circle}; take one `requires` or `after` out")
        for name in ordered.names:
            self._configure(found[name], plugins[name])
        self.refuse_if_strict()

    def _check_choice(self, found: Mapping[str, Found]) -> None:
        for name in sorted({*(self._only or ()), *self._without}):
            if name not in found and name not in self.settings.plugins:
                raise PluginError(f"There is no plugin {name}; `slomix plugins` lists those that are installed.")

    def _choose(self, found: Mapping[str, Found]) -> list[str]:
        """The plugins to import, in the order of plugins.toml; of the others the state says why not."""
        chosen = []
        for name in {**self.settings.plugins, **dict.fromkeys(found)}:
            version = found[name].version if name in found else ""
            self.states[name] = PluginState(name=name, state="disabled", version=version)
            if not self.settings.plugins.get(name, False):
                self._set(name, "disabled", f"turn it on with `slomix plugins enable {name}`")
            elif name in self._without or (self._only is not None and name not in self._only):
                self._set(name, "disabled", "left out of this run by --only or --without")
            elif name not in found:
                self._set(name, "missing", missing(name))
            else:
                chosen.append(name)
        return chosen

    def _fits(self, found: Found, core: str) -> bool:
        reason = unfit(found, core)
        if reason:
            self._set(found.name, "incompatible", reason)
        return not reason

    def _import(self, found: Found) -> Plugin | None:
        try:
            plugin = import_plugin(found, self._registry)
        except PluginError as error:
            self.fail(found.name, str(error), error)
            return None
        hooks = implemented(plugin)
        self.states[found.name] = replace(self.states[found.name], state="loaded", reason="", hooks=hooks)
        return plugin

    def _configure(self, found: Found, plugin: Plugin) -> None:
        lacking = next((name for name in plugin.requires if not self.is_active(name)), None)
        if lacking is not None:
            self._set(found.name, "blocked", self._lack(lacking))
            self._block_dependants(found.name)
            return
        try:
            self._order.append(configure(found, plugin, self.settings))
        except PluginError as error:
            self.fail(found.name, str(error), error)

    # ---- registering ------------------------------------------------------------------

    def tasks(self, name: str) -> PluginTasks:
        """What a plugin is handed as `ctx.tasks`."""
        return self._supervisor.tasks(name)

    def context(self, name: str) -> PluginContext:
        """The context that a plugin was registered with."""
        return self._contexts[name]

    def register(self, make_context: Callable[[LoadedPlugin], PluginContext], hooks: Iterable[str]) -> None:
        """Collect the records of these declarations, plugin by plugin in order. Raises `NotHealthy` under `strict`.

        A plugin's context is made once and handed to all its hooks.
        """
        wanted = tuple(hooks)
        for entry in self.loaded:
            if entry.name not in self._contexts:
                self._contexts[entry.name] = make_context(entry)
            for hook in wanted:
                if self.is_active(entry.name):
                    self._declare(hook, entry.name)
        self.refuse_if_strict()

    def declare(self, hooks: Iterable[str]) -> None:
        """Collect further declarations of plugins that were registered before."""
        self.register(lambda entry: self._contexts[entry.name], hooks)

    def extend(self) -> None:
        """Collect what plugins give to each other's hooks. Called once, after `register` with `register_hookspecs`."""
        for specs in self.records(contrib.HookSpecs):
            try:
                self._extensions |= extensions(specs.plugin, specs.record)
            except PluginError as error:
                self.fail(specs.plugin, str(error), error)
        for entry in self.loaded:
            for hook, reason in unknown_hooks(entry.plugin, self._extensions, self.is_active).items():
                self.degrade(entry.name, f"{hook}: {reason}")
        self.declare(self._extensions)

    def contributions(self, owner: str, kind: type[R]) -> list[Contribution[R]]:
        """What was given to the hooks of `owner`, of one kind."""
        own = any(issubclass(kind, known) for e in self._extensions.values() if e.owner == owner for known in e.kinds)
        return [Contribution(c.plugin, c.record) for c in self.records(kind)] if own else []

    def _translate(self, hook: str, name: str) -> None:
        """Add what the records of another plugin's hook stand for; one that can not be translated is left out."""
        extension = self._extensions.get(hook)
        if extension is None or extension.translate is None:
            return
        given = [c.record for c in self._records if c.plugin == name and isinstance(c.record, extension.kinds)]
        for record in given:
            outcome = isolated(name, partial(translated, extension.translate, name, record))
            if outcome.error is not None:
                self.degrade(name, f"{hook}: {describe(outcome.error)}; it goes on without it")
            else:
                self._records += [Contributed(name, made) for made in outcome.value]

    def _declare(self, hook: str, name: str) -> None:
        outcome = self._runner.declare(hook, name, self._contexts[name])
        if outcome is None:
            return
        records = outcome.value or ()
        reason = describe(outcome.error) if outcome.error is not None else self._objection(hook, name, records)
        if not reason:
            self._claims |= {claimed[0]: name for record in records if (claimed := claim(name, record))}
            self._records += [Contributed(name, walled(name, record)) for record in records]
            self._translate(hook, name)
        elif hook in OPTIONAL or hook in self._extensions:
            self.degrade(name, f"{hook}: {reason}; it goes on without them")
        else:
            self.fail(name, f"{hook}: {reason}; mend it, or `slomix plugins disable {name}`", outcome.error)

    def _objection(self, hook: str, plugin: str, records: Sequence[Any]) -> str:
        """What is wrong with what a declaration gave, as a sentence; empty when nothing is."""
        if len(records) > MOST_RECORDS:
            return f"gave more than {MOST_RECORDS} records"
        for record in records:
            kinds = RECORDS[hook] if hook in RECORDS else self._extensions[hook].kinds
            if not isinstance(record, kinds):
                expected = names(kind.__name__ for kind in kinds)
                return f"gave a {type(record).__name__} where {expected} is expected"
            if wrong := problem(record):
                return wrong
        return clash(plugin, records, self._claims)

    def records(self, kind: type[R]) -> list[Contributed[R]]:
        """All records of a kind from the plugins that take part, in plugin order."""
        size, mine = self._by_kind.get(kind, (-1, ()))
        if size != len(self._records):
            place = {entry.name: index for index, entry in enumerate(self._order)}
            mine = sorted((c for c in self._records if isinstance(c.record, kind)), key=lambda c: place[c.plugin])
            self._by_kind[kind] = len(self._records), mine
        return [c for c in mine if self.is_active(c.plugin)]

    # ---- life -------------------------------------------------------------------------

    async def startup(self) -> None:
        """Start every plugin in order, each within its limit. Raises `NotHealthy` under `strict`."""
        for entry in self.loaded:
            if not self.is_active(entry.name):
                continue
            outcome = await self._runner.call(
                "startup", entry.name, self._contexts[entry.name], limit=self._startup_seconds
            )
            if outcome is not None and outcome.error is not None:
                advice = f"mend it, or `slomix plugins disable {entry.name}`"
                self.fail(entry.name, f"startup: {describe(outcome.error)}; {advice}", outcome.error)
                await end_strays(entry.plugin)
            elif self.states[entry.name].state == "loaded":
                self._set(entry.name, "running", "")
        self.refuse_if_strict()

    async def shutdown(self) -> None:
        """Stop every plugin in reverse order: its tasks first, then its hook. Never raises."""
        for entry in reversed(self._order):
            stubborn = await self._supervisor.stop(entry.name, self._shutdown_seconds)
            if not self.is_active(entry.name) or entry.name not in self._contexts:
                continue
            outcome = await self._runner.call(
                "shutdown", entry.name, self._contexts[entry.name], limit=self._shutdown_seconds
            )
            if outcome is not None and outcome.error is not None:
                log.error("shutdown failed", plugin=entry.name, error=describe(outcome.error))
            left = [*stubborn, *await end_strays(entry.plugin)]
            self._set(entry.name, "stopped", f"it left behind {names(left)}; {STRAYS}" if left else "")


def missing(name: str) -> str:
    """Why a plugin of plugins.toml is `missing` and what to do."""
    return f"it is in plugins.toml and not installed; install slomix-{name}, or `slomix plugins disable {name}`"
