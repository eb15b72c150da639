"""How long a consumer waits for another try."""

import pytest

from services.common.messaging.consumer import Patience


@pytest.mark.parametrize(("tries", "seconds"), [(1, 0.25), (2, 0.5), (3, 1), (7, 10), (5_000, 10)])
def test_the_wait_doubles_up_to_a_limit_through_an_outage_of_any_length(tries: int, seconds: float):
    assert Patience().wait(tries) == seconds
