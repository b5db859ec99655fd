"""What can be tried, and how often each is: a table to read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from benchmarks.attempts import opening, public, staff, waiting
from benchmarks.attempts.crowd import Attempt, Crowd

Way = Callable[[Crowd, Attempt], None]

WAYS: Mapping[Way, float] = {
    public.hold: 26,
    public.keep_seat: 8,
    public.confirm: 17,
    public.confirm_late: 5,
    public.renew: 3,
    public.release: 3,
    public.keep_move: 9,
    public.move: 8,
    public.cancel: 9,
    staff.book: 6,
    staff.book_over: 1.5,
    staff.book_seat: 1.5,
    staff.approve: 2,
    staff.refuse: 1,
    staff.arrive: 1,
    staff.plan: 1,
    staff.change: 0.5,
    staff.call_off: 0.3,
    staff.forget: 0.5,
    opening.take_off: 0.4,
    opening.come_back: 0.3,
    opening.close_day: 0.3,
    opening.change_day: 0.3,
    opening.restore_day: 0.7,
    opening.change_rule: 0.2,
    waiting.wait: 1.5,
    waiting.wait_for_seat: 1,
    waiting.wait_earlier: 1,
    waiting.offer: 3,
    waiting.accept: 2,
    waiting.decline: 0.5,
    waiting.run_out: 0.5,
    waiting.leave: 0.3,
}


def chosen(attempt: Attempt) -> Way:
    """Return which way an attempt goes."""
    return attempt.dice.choices(list(WAYS), list(WAYS.values()))[0]
