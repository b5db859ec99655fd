"""The rules of coherence: pure, over plain values; each returns its findings in the order of time."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from attendance.domain.findings import Code, Doubt, Finding, Heads, Seen, Span, Stay
from attendance.domain.windows import Timing, timing

SUNDAY = 6
IN_A_ROW = 3
WITHIN = timedelta(seconds=3)
"""Three signatures within three seconds. In a queue, where each person holds out a code and hears the sound, the second
comes two seconds after the first at the earliest and the third four: no real queue meets it, however long it is."""


def on_closed_days(spans: Iterable[Span], zone: str, closed: Iterable[date]) -> list[Finding]:
    """Find the half-days on a Sunday, or on a day on which the place is closed; a Sunday is told once."""
    holidays, found = set(closed), []
    for one in spans:
        day = one.starts_at.astimezone(ZoneInfo(zone)).date()
        if day in holidays:
            found.append(Finding(Code.HOLIDAY, one.half_day_id, at=one.starts_at))
        elif day.weekday() == SUNDAY:
            found.append(Finding(Code.SUNDAY, one.half_day_id, at=one.starts_at))
    return found


def stay(span: Span, seen: Iterable[Seen], *, title: str, who: int) -> Stay | None:
    """Return from when to when somebody was at a half-day by what they signed; None when they signed no arrival."""
    at = {one.is_departure: one for one in seen}
    if False not in at:
        return None
    begin = max(span.starts_at, at[False].observed_at)
    end = min(span.ends_at, at[True].observed_at) if True in at else span.ends_at
    return Stay(who, at[False].name, span.half_day_id, title, begin, end)


def in_two_places(code: Code, here: Iterable[Stay], elsewhere: Iterable[Stay]) -> list[Finding]:
    """Find who was at another meeting at the same time; to end as the other starts is no overlap."""
    others: dict[int, list[Stay]] = defaultdict(list)
    for one in elsewhere:
        others[one.who].append(one)
    return [
        Finding(code, one.half_day_id, (one.name,), title=other.title, at=max(one.starts_at, other.starts_at))
        for one in here
        for other in others[one.who]
        if max(one.starts_at, other.starts_at) < min(one.ends_at, other.ends_at)
    ]


def too_many(heads: Iterable[Heads], seats: int | None) -> list[Finding]:
    """Find where more people were told of, or counted, than the room has seats."""
    if seats is None:
        return []
    most = ((one.half_day_id, max((one.told, *one.counted))) for one in heads)
    return [
        Finding(Code.TOO_MANY, half_day_id, count=count, other=seats) for half_day_id, count in most if count > seats
    ]


def headcounts(heads: Iterable[Heads]) -> list[Finding]:
    """Find where a facilitator counted other heads than the sheet has signatures and statements."""
    return [
        Finding(Code.HEADCOUNT, one.half_day_id, count=counted, other=one.told)
        for one in heads
        for counted in dict.fromkeys(one.counted)
        if counted != one.told
    ]


def in_a_row(seen: Iterable[Seen]) -> list[Finding]:
    """Find three signatures or more within three seconds from one source; one run is one finding."""
    by_source: dict[int, list[Seen]] = defaultdict(list)
    for one in seen:
        if one.source:
            by_source[one.source].append(one)
    runs = [run for made in by_source.values() for run in _runs(sorted(made, key=lambda one: one.observed_at))]
    runs.sort(key=lambda run: run[0].observed_at)
    return [
        Finding(Code.IN_A_ROW, run[0].half_day_id, _names(run), count=len(run), at=run[0].observed_at) for run in runs
    ]


def _runs(made: Sequence[Seen]) -> list[list[Seen]]:
    runs: list[list[Seen]] = []
    last = -1
    for first in range(len(made) - IN_A_ROW + 1):
        end = first + IN_A_ROW - 1
        if made[end].observed_at - made[first].observed_at > WITHIN:
            continue
        if runs and first <= last:
            runs[-1].append(made[end])
        else:
            runs.append(list(made[first : end + 1]))
        last = end
    return runs


def same_drawings(seen: Iterable[Seen], elsewhere: Iterable[str]) -> list[Finding]:
    """Find drawings that are the same to the last point: here twice, or here and at another meeting (`elsewhere`).

    Nobody draws the same line twice. Equality only, never likeness: that would be biometrics.
    """
    known, by_drawing = set(elsewhere), defaultdict(list)
    for one in seen:
        if one.drawing is not None:
            by_drawing[one.drawing].append(one)
    return [
        Finding(Code.SAME_DRAWING, made[0].half_day_id, _names(made), count=len(made) + (drawing in known))
        for drawing, made in by_drawing.items()
        if len(made) > 1 or drawing in known
    ]


def outside_hours(spans: Iterable[Span], seen: Iterable[Seen]) -> list[Finding]:
    """Find what lateness does not explain: outside the window, an arrival after the end, a departure before it.

    To sign before the start or after the end, inside the window, is as it should be; coming late and leaving early are
    minutes, not findings.
    """
    hours = {one.half_day_id: one for one in spans}
    arrived = {(one.attendee_id, one.half_day_id): one.observed_at for one in seen if not one.is_departure}
    found = []
    for one in seen:
        code = _odd(one, hours[one.half_day_id], arrived.get((one.attendee_id, one.half_day_id)))
        if code is not None:
            found.append(Finding(code, one.half_day_id, (one.name,), at=one.observed_at))
    return found


def _odd(one: Seen, span: Span, arrived_at: datetime | None) -> Code | None:
    if timing(one.observed_at, starts_at=span.starts_at, ends_at=span.ends_at) is not Timing.OPEN:
        return Code.OUTSIDE
    if not one.is_departure and one.observed_at >= span.ends_at:
        return Code.ARRIVED_AFTER
    if one.is_departure and arrived_at is not None and one.observed_at < arrived_at:
        return Code.LEFT_BEFORE
    return None


def not_countersigned(spans: Iterable[Span], heads: Iterable[Heads], *, now: datetime) -> list[Finding]:
    """Find the half-days that are over and that nobody who led them has countersigned."""
    counted = {one.half_day_id for one in heads if one.counted}
    return [
        Finding(Code.NOT_COUNTERSIGNED, one.half_day_id)
        for one in spans
        if one.ends_at <= now and one.half_day_id not in counted
    ]


def title_differs(title: str, agreement_title: str | None) -> list[Finding]:
    """Find a title unlike the agreement's; capitals, accents, spaces and punctuation make no difference."""
    if not agreement_title or _bare(title) == _bare(agreement_title):
        return []
    return [Finding(Code.TITLE, None, title=agreement_title)]


def _bare(title: str) -> str:
    letters = unicodedata.normalize("NFKD", title.casefold())
    return " ".join("".join(one if one.isalnum() else " " for one in letters if not unicodedata.combining(one)).split())


def _names(seen: Iterable[Seen]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.name for one in seen))


def doubts(told: Iterable[Doubt]) -> list[Finding]:
    """Find what devices sent that awaits a look, was accepted with a flag, or came after the device was revoked."""
    every = list(told)
    counts = [
        (Code.AWAITING_REVIEW, Counter(one.half_day_id for one in every if one.is_awaiting)),
        (Code.FLAGGED, Counter(one.half_day_id for one in every if one.is_flagged and not one.is_awaiting)),
        (Code.REVOKED_DEVICE, Counter(one.half_day_id for one in every if one.is_after_revocation)),
    ]
    return [
        Finding(code, half_day_id, count=n) for code, by_half_day in counts for half_day_id, n in by_half_day.items()
    ]
