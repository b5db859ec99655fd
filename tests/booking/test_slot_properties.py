"""The slot engine is the same as its rules read minute by minute, in every zone and around every change of hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from booking.domain import slots as engine
from booking.domain.intervals import Interval, instant_of, length, merge, minute_of
from booking.domain.slots import Cut, Diary, Slot
from booking.models import AppointmentType, Channel, Grid
from booking.queries.finding import Finding, Question
from directory.models import Venue
from tests.booking.minutes import Rules, every_slot, members, minutes

ZONES = (
    "Europe/Paris",
    "America/Guadeloupe",
    "Indian/Reunion",
    "Pacific/Marquesas",  # -9:30
    "Asia/Kathmandu",  # +5:45
    "Australia/Lord_Howe",  # changes by half an hour
    "America/St_Johns",  # -3:30 and -2:30
    "America/Miquelon",
    "Africa/Cairo",  # the midnight of the change does not exist
    "America/Havana",  # the midnight of the change exists twice
    "Antarctica/Troll",  # changes by two hours
)
HERE, THERE = 7, 8
DAYS = 4
SPAN = DAYS * 24 * 60


@lru_cache
def changes(zone: ZoneInfo) -> list[int]:
    """The minutes of 2026 at which the offset of a zone changes."""
    first = minute_of(datetime(2026, 1, 1, tzinfo=UTC))
    offsets = [instant_of(first + 30 * half).astimezone(zone).utcoffset() for half in range(365 * 48)]
    return [first + 30 * half for half in range(1, len(offsets)) if offsets[half] != offsets[half - 1]]


@st.composite
def places(draw: st.DrawFn) -> tuple[ZoneInfo, int]:
    """A zone, and the minute of it around which all happens: most often that of a change of hour."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    plain = minute_of(datetime(2026, 4, 14, tzinfo=UTC))
    return zone, draw(st.sampled_from([*changes(zone), plain])) - SPAN // 2


def spans(base: int, *, longest: int, least: int = 0, most: int) -> st.SearchStrategy[list[Interval]]:
    """Some intervals of the days that begin at `base`: on the quarter, as people write them, or on any minute."""
    start = st.one_of(st.integers(0, SPAN // 15 - 1).map(lambda quarter: quarter * 15), st.integers(0, SPAN - 1))
    lasts = st.one_of(st.integers(1, longest // 15).map(lambda quarter: quarter * 15), st.integers(1, longest))
    if longest > 24 * 60:
        lasts = st.one_of(lasts, st.sampled_from([24 * 60, 24 * 60 + 1]))  # cut anew at midnight, or just not
    one = st.builds(lambda first, width: Interval(base + first, base + min(first + width, SPAN)), start, lasts)
    return st.lists(one, min_size=least, max_size=most)


@st.composite
def diaries(draw: st.DrawFn, base: int, resource_id: int) -> Diary:
    venues = draw(st.sampled_from([(HERE,), (HERE,), (HERE,), (HERE, THERE), (None, HERE)]))
    longest = draw(st.sampled_from([900, 3 * 24 * 60]))
    opened = {venue: draw(spans(base, longest=longest, least=1, most=3)) for venue in venues}
    away = draw(spans(base, longest=600, most=2))
    return Diary(resource_id, opened, away, draw(spans(base, longest=300, most=3)))


durations = st.one_of(st.sampled_from([15, 20, 30, 45, 60]), st.integers(1, 240), st.sampled_from([240, 1000, 1441]))
pauses = st.one_of(st.just(0), st.integers(0, 60))
steps = st.one_of(st.sampled_from([60, 120, 30, 90, 20, 40, 15, 45, 10, 25, 5, 35]), st.integers(1, 1500))
cuts = st.builds(Cut, duration=durations, pause=pauses, step=steps, on_the_clock=st.booleans())


@st.composite
def times(draw: st.DrawFn, base: int, opens: int, step: int, notice: int) -> tuple[datetime, int]:
    """What time it is, and the horizon: any, or so that the first slots lie just on the bounds."""
    if draw(st.booleans()):
        seconds = draw(st.one_of(st.just(-24 * 3600), st.integers(-24 * 3600, 2 * 24 * 3600)))
        horizon = draw(st.one_of(st.just(9 * 24 * 60), st.integers(0, 5 * 24 * 60)))
        return instant_of(base) + timedelta(seconds=seconds), notice + horizon
    seconds = draw(st.sampled_from([-1, 0, 0, 1]))
    return instant_of(opens - notice) + timedelta(seconds=seconds), notice + step * draw(st.integers(0, 3))


def _every_opening(agents: list[Diary]) -> list[Interval]:
    return [span for agent in agents for spans in agent.openings.values() for span in spans]


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    zone, base = draw(places())
    together = draw(st.sampled_from([1, 1, 1, 2]))
    agents = [draw(diaries(base, 1 + number)) for number in range(together + draw(st.integers(0, 1)))]
    kinds = draw(st.sampled_from([(), (), (), (2,), (2, 1)]))
    things = [
        [draw(diaries(base, 10 * kind + number)) for number in range(many)] for kind, many in enumerate(kinds, start=1)
    ]
    cut, notice = draw(cuts), draw(st.sampled_from([0, 120, 1440]))
    now, horizon = draw(times(base, min(one.start for one in _every_opening(agents)), cut.step, notice))
    everything = Interval(base - 60, base + SPAN + 120)
    first = base + draw(st.integers(0, SPAN - 24 * 60))
    within = draw(st.sampled_from([everything, everything, Interval(first, first + 24 * 60)]))
    return Rules(agents, things, together, cut, zone, now, notice, horizon, within)


def answer(asked: Rules, *, within: Interval | None = None) -> Finding:
    """What the search makes of the same diaries."""
    kind = AppointmentType(
        id=1,
        duration_minutes=asked.cut.duration,
        pause_minutes=asked.cut.pause,
        step_minutes=asked.cut.step,
        grid=Grid.CLOCK if asked.cut.on_the_clock else Grid.FREE,
        booking_notice_minutes=asked.notice,
        booking_horizon_minutes=asked.horizon,
        people_share_time=False,
    )
    question = Question(kind, Channel.PHONE, within or asked.within)
    zone = str(asked.zone)
    venues = {number: Venue(id=number, time_zone=zone) for number in (HERE, THERE)}
    found = list(engine.teams(asked.agents, asked.things, together=asked.together))
    return Finding(question, found, zone, venues, {})


def slots(asked: Rules, *, within: Interval | None = None) -> list[Slot]:
    return answer(asked, within=within).slots(asked.now)


@settings(max_examples=300, deadline=None)
@given(rules())
def test_the_engine_finds_what_the_rules_say_minute_by_minute(asked: Rules) -> None:
    assert slots(asked) == every_slot(asked)


@settings(max_examples=150, deadline=None)
@given(rules())
def test_no_slot_meets_an_engagement_leaves_an_opening_or_begins_too_soon_or_too_late(asked: Rules) -> None:
    teams = {(one.venue_id, one.agent_ids, one.thing_ids): one for one in members(asked)}
    for slot in slots(asked):
        team = teams[slot.venue_id, slot.agent_ids, slot.thing_ids]
        assert team.free.issuperset(range(slot.start, slot.end))
        assert team.taken.isdisjoint(range(slot.start, slot.end + asked.cut.pause))
        starts_at = instant_of(slot.start)
        assert asked.now + timedelta(minutes=asked.notice) <= starts_at <= asked.now + timedelta(minutes=asked.horizon)
        assert len(slot.resource_ids) == len(slot.agent_ids) + len(slot.thing_ids)


@settings(max_examples=150, deadline=None)
@given(rules(), st.integers(0, SPAN))
def test_a_search_is_the_search_of_its_two_parts(asked: Rules, middle: int) -> None:
    between = min(max(asked.within.start + middle % (24 * 60), asked.within.start), asked.within.end)
    before, after = Interval(asked.within.start, between), Interval(between, asked.within.end)
    assert slots(asked) == slots(asked, within=before) + slots(asked, within=after)


@settings(max_examples=100, deadline=None)
@given(rules())
def test_a_search_is_the_union_of_its_local_days(asked: Rules) -> None:
    found, minute = [], asked.within.start
    while minute < asked.within.end:
        midnight = engine.local_day(minute, asked.zone).end
        found += slots(asked, within=Interval(minute, min(midnight, asked.within.end)))
        minute = midnight
    assert found == slots(asked)


@settings(max_examples=150, deadline=None)
@given(rules())
def test_the_next_available_is_the_first_of_all(asked: Rules) -> None:
    finding = answer(asked)
    assert finding.first(asked.now) == next(iter(finding.slots(asked.now)), None)


@settings(max_examples=100, deadline=None)
@given(rules())
def test_what_is_read_beyond_two_days_moves_no_slot(asked: Rules) -> None:
    """A search reads two days around what is asked and no more, and cuts what it reads at that margin."""
    assume(asked.cut.duration + asked.cut.pause <= 2 * 24 * 60)
    middle = asked.within.start + (asked.within.end - asked.within.start) // 2
    narrow = Interval(middle, middle + 60)
    read = Interval(narrow.start - 2 * 24 * 60, narrow.end + 2 * 24 * 60)
    partly = replace(
        asked,
        agents=[_read(one, read) for one in asked.agents],
        things=[[_read(one, read) for one in kind] for kind in asked.things],
    )
    assert slots(partly, within=narrow) == slots(asked, within=narrow)


def _read(diary: Diary, around: Interval) -> Diary:
    opened = {
        venue: [
            Interval(max(one.start, around.start), min(one.end, around.end)) for one in spans if one.overlaps(around)
        ]
        for venue, spans in diary.openings.items()
    }
    return Diary(
        diary.resource_id,
        {venue: spans for venue, spans in opened.items() if spans},
        [one for one in diary.away if one.overlaps(around)],
        [one for one in diary.taken if one.overlaps(around)],
    )


@settings(max_examples=100, deadline=None)
@given(rules(), st.integers(0, SPAN))
def test_staff_may_book_every_listed_start_and_any_other_that_meets_nothing(asked: Rules, later: int) -> None:
    start = asked.within.start + later
    whole = range(start, start + asked.cut.duration + asked.cut.pause)
    expected = {
        (one.venue_id, one.agent_ids, one.thing_ids)
        for one in members(asked)
        if one.free.issuperset(whole[: asked.cut.duration]) and one.taken.isdisjoint(whole)
    }
    found = answer(asked, within=Interval(start, start + 1)).fitting()
    assert {(one.venue_id, one.agent_ids, one.thing_ids) for one in found} == expected
    listed = slots(replace(asked, within=Interval(start, start + 1)))
    assert set(listed) <= set(found)


@settings(max_examples=100, deadline=None)
@given(places(), st.integers(0, SPAN))
def test_a_local_day_is_its_minutes(place: tuple[ZoneInfo, int], later: int) -> None:
    zone, base = place
    day = instant_of(base + later).astimezone(zone).date()
    around = range(base + later - 26 * 60, base + later + 26 * 60)
    expected = [minute for minute in around if instant_of(minute).astimezone(zone).date() == day]
    assert minutes([engine.local_day(base + later, zone)]) == set(expected)


@given(st.data())
def test_how_many_minutes_of_a_day_are_taken(data: st.DataObject) -> None:
    taken, (day, *_) = data.draw(spans(0, longest=900, most=6)), [Interval(1440, 2880)]
    assert engine.minutes_in(taken, day) == len(minutes(taken) & minutes([day]))
    assert length(merge(taken)) == len(minutes(taken))
