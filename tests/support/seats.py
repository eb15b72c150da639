"""What a re-plan costs those who sit already."""

from collections.abc import Sequence

from services.matching.engine import Group


def seats_changed(before: Sequence[Group], after: Sequence[Group]) -> int:
    """People with a seat in both plans of a round who sit elsewhere.

    With equally many groups the first is compared with the first and so on, else those that share the most people.
    """
    was, is_ = [set(group.people) for group in before], [set(group.people) for group in after]
    both = len(set[int]().union(*was) & set[int]().union(*is_))
    if len(was) == len(is_):
        return both - sum(len(a & b) for a, b in zip(was, is_, strict=True))
    shared = sorted(((len(a & b), i, j) for i, a in enumerate(was) for j, b in enumerate(is_)), reverse=True)
    left, right, kept = set(range(len(was))), set(range(len(is_))), 0
    for count, i, j in shared:
        if i in left and j in right:
            left.discard(i)
            right.discard(j)
            kept += count
    return both - kept
