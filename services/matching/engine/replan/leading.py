"""Moderators of a running round: who leads stays, and those who are free take over where one is missing."""

from services.matching.engine.replan.floor import OUT, Floor, Seats


def lead(floor: Floor, seats: Seats, places: list[int]) -> dict[int, int]:
    """Who leads each of these places, as few as can be by another than now.

    As many as can be by whom they may be led by. The others keep who leads them now, or, with prescribed sizes, get
    whom the fewest of them may not have, while there are moderators.
    """
    search = _Leads(floor, seats, places)
    for place in places:
        if place not in search.leader:
            search.find(place, set())
    leader = search.leader
    free = set(floor.round.moderators) - set(leader.values())
    for place in (place for place in places if place not in leader):
        now, people = floor.groups[place].moderator, seats.at[place]
        fitting = free if floor.strict else free.intersection((now,))
        if fitting:
            leader[place] = min(
                fitting, key=lambda m: (len(floor.never.get(m, set()).intersection(people)), m != now, m)
            )
            free.remove(leader[place])
    return leader


class _Leads:
    def __init__(self, floor: Floor, seats: Seats, places: list[int]) -> None:
        self._floor, self._seats = floor, seats
        self._available = sorted(floor.round.moderators)
        there = set(self._available)
        self.leader = {place: floor.pinned_leaders[place] for place in places if place in floor.pinned_leaders}
        self._pinned = set(self.leader)
        taken = set(self.leader.values())
        for place in places:
            moderator = floor.groups[place].moderator
            if place in self.leader or moderator not in there or moderator in taken:
                continue
            if self._may(moderator, place):
                self.leader[place] = moderator

    def find(self, place: int, seen: set[int]) -> bool:
        """Gives this place a moderator; one who leads elsewhere only if that place gets another."""
        place_of = {moderator: at for at, moderator in self.leader.items()}
        for moderator in sorted(self._available, key=lambda m: (m in place_of, m)):
            if moderator in seen or not self._may(moderator, place):
                continue
            seen.add(moderator)
            at = place_of.get(moderator, OUT)
            if at in self._pinned:
                continue
            if at == OUT or self.find(at, seen):
                self.leader[place] = moderator
                return True
        return False

    def _may(self, moderator: int, place: int) -> bool:
        floor = self._floor
        people = self._seats.at[place]
        if not floor.strict and floor.groups[place].moderator == moderator:
            people = [person for person in people if floor.home.get(person) != place]
        return not floor.never.get(moderator, set()).intersection(people)
