"""Who plays on an evening: two teams, a bench, the names that people wear."""

from __future__ import annotations

from slomix_stats.simulate.dice import Dice
from slomix_stats.simulate.people import ROLES, Person, Role


class LineUp:
    """Two teams for an evening. `teams` are the persistent teams (not sides), `bench` who came but does not play,
    `names` the name of everybody by GUID."""

    def __init__(self, dice: Dice, people: tuple[Person, ...], size: int) -> None:
        there = sorted(people, key=lambda person: person.care - 0.9 * dice.roll(), reverse=True)
        players = sorted(there[: 2 * size], key=lambda person: person.skill + 0.2 * dice.roll())
        self.teams: tuple[list[Person], list[Person]] = ([], [])
        # The captains draft in the order A B B A, so that the teams are even but not equal.
        for pick, person in enumerate(players):
            self.teams[0 if pick % 4 in (0, 3) else 1].append(person)
        self.bench = there[2 * size : 2 * size + 3]
        self.names = {person.guid: person.name for person in people}

    def everybody(self) -> list[tuple[int, Person]]:
        """All who play, with their team."""
        return [(team, person) for team in (0, 1) for person in self.teams[team]]

    def roles(self, dice: Dice) -> dict[str, Role]:
        """The class of each player on the next map, by GUID: what he likes; each team has a medic and an engineer."""
        chosen: dict[str, Role] = {}
        for team in self.teams:
            roles = [dice.weighted(ROLES, person.tastes) for person in team]
            if "medic" not in roles:
                roles[0] = "medic"
            if "engineer" not in roles and "rifle" not in roles:
                roles[-1] = "engineer"
            chosen |= {person.guid: role for person, role in zip(team, roles, strict=True)}
        return chosen

    def substitute(self, team: int, person: Person) -> Person:
        """Take the first of the bench for this person, who sits down in his place."""
        index = self.teams[team].index(person)
        substitute = self.bench.pop(0)
        self.teams[team][index] = substitute
        self.bench.append(person)
        return substitute

    def rename(self, person: Person) -> None:
        """Change to his other name, or back."""
        self.names[person.guid] = person.name if self.names[person.guid] == person.other_name else person.other_name
