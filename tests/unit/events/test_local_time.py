"""Local times, across daylight saving."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from services.events.domain.event import Mode
from services.events.domain.local_time import existing_instant, instant
from services.events.domain.refusals import TimeDoesNotExist
from services.events.domain.series import Series

BRUSSELS = ZoneInfo("Europe/Brussels")


def a_series(first_date: date, *, last_date: date | None = None, start_time: time = time(9)) -> Series:
    return Series(
        id=uuid4(),
        title="Virtuele vrijdag",
        description="",
        mode=Mode.ONLINE,
        first_date=first_date,
        last_date=last_date,
        start_time=start_time,
        duration=timedelta(hours=1),
        time_zone="Europe/Brussels",
        capacity=102,
        offer_window=timedelta(hours=24),
        next_date=first_date,
    )


def made(series: Series, now: datetime) -> list[date]:
    return list(series.due_dates(now))


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        (datetime(2026, 10, 23, 9), datetime(2026, 10, 23, 7, tzinfo=UTC)),
        (datetime(2026, 10, 30, 9), datetime(2026, 10, 30, 8, tzinfo=UTC)),
    ],
)
def test_nine_o_clock_is_nine_o_clock_before_and_after_the_change(local: datetime, utc: datetime):
    assert existing_instant(local, BRUSSELS, "starts_at_local") == utc


def test_a_time_that_the_clock_skips_is_refused_with_the_nearest_that_exist():
    with pytest.raises(TimeDoesNotExist) as refused:
        existing_instant(datetime(2026, 3, 29, 2, 30), BRUSSELS, "starts_at_local")
    assert refused.value.field == "starts_at_local"
    assert refused.value.details == {"earlier": "2026-03-29T01:59", "later": "2026-03-29T03:00"}


@pytest.mark.parametrize("minutes", [-1, 60])
def test_the_times_around_a_gap_exist(minutes: int):
    local = datetime(2026, 3, 29, 2) + timedelta(minutes=minutes)
    at = existing_instant(local, BRUSSELS, "starts_at_local")
    assert at.astimezone(BRUSSELS).replace(tzinfo=None) == local


def test_a_gap_of_half_an_hour_is_named_right():
    with pytest.raises(TimeDoesNotExist) as refused:
        existing_instant(datetime(2026, 10, 4, 2, 10), ZoneInfo("Australia/Lord_Howe"), "starts_at_local")
    assert refused.value.details == {"earlier": "2026-10-04T01:59", "later": "2026-10-04T02:30"}


def test_a_skipped_day_is_a_gap_too():
    with pytest.raises(TimeDoesNotExist) as refused:
        existing_instant(datetime(2011, 12, 30, 12), ZoneInfo("Pacific/Apia"), "starts_at_local")
    assert refused.value.details == {"earlier": "2011-12-29T23:59", "later": "2011-12-31T00:00"}


def test_of_a_time_that_comes_twice_the_first_is_meant():
    assert instant(datetime(2026, 10, 25, 2, 30), BRUSSELS) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_weekly_series_stays_at_its_local_time_across_the_change():
    series = a_series(date(2026, 10, 16))
    days = made(series, datetime(2026, 10, 12, tzinfo=UTC))
    starts = [series.occurrence(uuid4(), day).starts_at for day in days]
    assert [start.hour for start in starts[:4]] == [7, 7, 8, 8]
    assert {start.astimezone(BRUSSELS).time() for start in starts} == {time(9)}


def test_an_occurrence_in_a_gap_shifts_forward_with_the_clock():
    series = a_series(date(2026, 3, 22), start_time=time(2, 30))
    start = series.occurrence(uuid4(), date(2026, 3, 29)).starts_at
    assert start.astimezone(BRUSSELS).time() == time(3, 30)


def test_a_series_makes_its_occurrences_eight_weeks_ahead_and_goes_on_later():
    series = a_series(date(2026, 11, 27))
    now = datetime(2026, 11, 27, 8, tzinfo=UTC)
    first = made(series, now)
    assert (first[0], first[-1], len(first)) == (date(2026, 11, 27), date(2027, 1, 22), 9)
    assert made(series, now) == []
    assert made(series, now + timedelta(weeks=1)) == [date(2027, 1, 29)]


def test_a_series_ends_with_its_last_date():
    series = a_series(date(2026, 11, 27), last_date=date(2026, 12, 11))
    assert len(made(series, datetime(2026, 11, 23, tzinfo=UTC))) == 3
    assert series.next_date is None


def test_the_first_occurrence_is_made_however_far_away():
    series = a_series(date(2027, 11, 26))
    assert made(series, datetime(2026, 11, 23, tzinfo=UTC)) == [date(2027, 11, 26)]


def test_occurrences_missed_during_an_outage_are_not_made_up_for():
    series = a_series(date(2026, 11, 6))
    made(series, datetime(2026, 11, 6, tzinfo=UTC))
    later = made(series, datetime(2027, 3, 1, tzinfo=UTC))
    assert later[0] == date(2027, 3, 5)
