"""Checks: what a stranger needs to use and to try it."""

from __future__ import annotations

from slomix.contrib import CogFactory, Export, Page, Parser, Simulator
from slomix.testing.contract.base import ContractBase
from slomix.testing.contract.chat import leaves, published, talking
from slomix.testing.contract.house import House, simulated
from slomix.testing.contract.pages import other_forms
from slomix.testing.contract.subject import Subject
from slomix.testing.contract.tiers import tier


def missing(readme: str, words: list[str]) -> str:
    """The words that the README does not hold, as a list for a person."""
    return ", ".join(word for word in words if word not in readme)


class PaperChecks(ContractBase):
    """Gold: documented, typed, to be tried without a game server, and its data can be taken away."""

    @tier("gold")
    async def test_its_readme_names_everything(self, house: House) -> None:
        """Its README names its settings, tables, exports, pages and commands"""
        readme = house.subject.readme()
        assert readme.strip(), 'it has no README; say readme = "README.md" in pyproject.toml and write it'
        fields = list(house.subject.plugin.Settings.model_fields)
        assert not missing(readme, fields), f"settings that its README does not name: {missing(readme, fields)}"
        tables = [f"`{table}`" for table in await house.rows()]
        assert not missing(readme, tables), f"tables that its README does not name: {missing(readme, tables)}"
        kinds = [export.kind for export in house.records(Export)]
        assert not missing(readme, kinds), f"exports that its README does not name: {missing(readme, kinds)}"
        forms = other_forms(house.records(Page))
        pages = [page for page in house.records(Page) if page.name not in forms]
        paths = [page.path if page.root else f"/{house.subject.name}{page.path}" for page in pages]
        bare = [path.split("{")[0] for path in paths]
        assert not missing(readme, bare), f"pages that its README does not name: {missing(readme, bare)}"
        if house.records(CogFactory):
            async with talking(house) as chat:
                words = [f"/{words}" for command in published(chat) for words, _ in leaves(command)]
            assert not missing(readme, words), f"commands that its README does not name: {missing(readme, words)}"

    @tier("gold")
    def test_it_is_typed(self, subject: Subject) -> None:
        """Its package says that it is typed (py.typed)"""
        assert (subject.package / "py.typed").is_file(), f"put an empty file py.typed into {subject.package.name}"

    @tier("gold")
    async def test_it_can_be_simulated(self, house: House) -> None:
        """A plugin with a parser has a simulator, which writes files that are imported, the same for the same seed"""
        if not house.records(Parser):
            return
        files = simulated(house.program, house.subject.name)
        assert house.records(Simulator), "it has a parser and no simulator; see register_simulators"
        assert files == simulated(house.program, house.subject.name), "the same seed wrote other files"
        for name, data in files.items():
            outcome = await house.program.give(name, data)
            assert outcome.outcome in ("imported", "empty", "duplicate"), f"{name}: {outcome.outcome} {outcome.detail}"

    @tier("gold")
    async def test_its_data_can_be_taken_away(self, house: House) -> None:
        """A plugin with tables has an export"""
        if await house.rows():
            assert house.records(Export), "it has tables and no export; see register_exports"
