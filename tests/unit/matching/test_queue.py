"""How long a search that was broken off waits for another try."""

import pytest

from services.matching.adapters.queue import LONGEST_PAUSE, pause


@pytest.mark.parametrize(
    ("deliveries", "seconds"), [(1, 1), (2, 2), (3, 4), (6, LONGEST_PAUSE), (5_000, LONGEST_PAUSE)]
)
def test_the_pause_doubles_up_to_a_limit_however_often_it_was_tried(deliveries: int, seconds: float):
    assert pause(deliveries) == seconds
