"""The room's code as a rule: the RFC's numbers, two steps and never a future one, and words that cannot be confused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.domain import room_codes
from attendance.domain.room_codes import Intent, Way
from attendance.domain.room_words import WORDS
from foundation import ids

TWENTY = b"12345678901234567890"
THIRTY_TWO = b"12345678901234567890123456789012"
MEETING = 123_456_789
CLOCKS = st.datetimes(
    min_value=datetime(2020, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)  # noqa: DTZ001
)  # fmt: skip
WAYS = st.sampled_from(list(Way))


def code_at(instant: datetime) -> str:
    return room_codes.code_of(MEETING, THIRTY_TWO, room_codes.step_at(instant, Way.CODE.seconds))


def word_at(instant: datetime) -> str:
    return room_codes.word_of(TWENTY, room_codes.step_at(instant, Way.WORD.seconds))


def takes(way: Way, shown_at: datetime, now: datetime) -> bool:
    if way is Way.CODE:
        code = code_at(shown_at)
        return room_codes.step_of_code(code, meeting_id=MEETING, secrets=[THIRTY_TWO], now=now) is not None
    return room_codes.step_of_word(word_at(shown_at), secrets=[TWENTY], now=now) is not None


# -- the numbers of the RFCs -----------------------------------------------------------------------------------------


def test_the_numbers_are_those_of_rfc_4226() -> None:
    """Appendix D: the 31 bits in decimal, of which six digits would be the code."""
    assert [room_codes.number_of(TWENTY, counter) for counter in range(10)] == [
        1284755224, 1094287082, 137359152, 1726969429, 1640338314,
        868254676, 1918287922, 82162583, 673399871, 645520489,
    ]  # fmt: skip


RFC_6238 = [
    (59, 0x1, 94287082, 46119246),
    (1111111109, 0x23523EC, 7081804, 68084774),
    (1111111111, 0x23523ED, 14050471, 67062674),
    (1234567890, 0x273EF07, 89005924, 91819424),
    (2000000000, 0x3F940AA, 69279037, 90698825),
    (20000000000, 0x27BC86AA, 65353130, 77737706),
]


@pytest.mark.parametrize(("unix", "step", "sha_1", "sha_256"), RFC_6238)
def test_the_steps_and_both_hashes_are_those_of_rfc_6238(unix: int, step: int, sha_1: int, sha_256: int) -> None:
    """Appendix B: the word is cut from the SHA-1 as the RFC cuts it, the text holds the first bits of the SHA-256."""
    counted = room_codes.step_at(datetime.fromtimestamp(unix, tz=UTC), 30)
    assert counted == step
    assert room_codes.number_of(TWENTY, counted) % 10**8 == sha_1
    digest = room_codes.digest_of(THIRTY_TWO, counted)
    offset = digest[-1] & 0xF
    assert (int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF) % 10**8 == sha_256


@given(CLOCKS, WAYS)
def test_a_step_is_counted_as_pyotp_counts_it_in_whatever_zone(now: datetime, way: Way) -> None:
    counted = room_codes.step_at(now, way.seconds)
    assert counted == pyotp.TOTP("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", interval=way.seconds).timecode(now)
    assert counted == room_codes.step_at(now.astimezone(timezone(timedelta(hours=11))), way.seconds)


def test_a_scanned_text_carries_eighty_bits_and_the_meeting() -> None:
    code = code_at(datetime(2026, 4, 13, tzinfo=UTC))
    assert len(code) == 13 + 16
    assert room_codes.CODE_BYTES * 8 == 80
    assert room_codes.meeting_of(code) == MEETING
    assert room_codes.meeting_of("") is room_codes.meeting_of("é" * 40) is None


# -- which steps are taken -------------------------------------------------------------------------------------------


@given(CLOCKS, WAYS, st.integers(-5_000_000, 5_000_000))
def test_the_present_and_the_previous_step_are_taken_and_no_other(now: datetime, way: Way, milliseconds: int) -> None:
    shown_at = now + timedelta(milliseconds=milliseconds)
    behind = room_codes.step_at(now, way.seconds) - room_codes.step_at(shown_at, way.seconds)
    # Of words there are few, so that another step may have the same one by chance.
    by_chance = way is Way.WORD and word_at(shown_at) in {word_at(now), word_at(now - timedelta(minutes=1))}
    assert takes(way, shown_at, now) == (behind in {0, 1} or by_chance)


@given(CLOCKS, WAYS, st.integers(1, 10**6))
def test_what_is_shown_later_is_never_taken_now(now: datetime, way: Way, steps: int) -> None:
    later = room_codes.step_at(now, way.seconds) + steps
    assert later not in room_codes.accepted_steps(now, way)


@given(CLOCKS, WAYS)
def test_a_step_is_taken_from_its_first_moment_for_two_steps_and_not_a_microsecond_longer(
    now: datetime, way: Way
) -> None:
    step = room_codes.step_at(now, way.seconds)
    begins = datetime.fromtimestamp(step * way.seconds, tz=UTC)
    ends = begins + timedelta(seconds=2 * way.seconds)
    moment = timedelta(microseconds=1)
    taken = [step in room_codes.accepted_steps(at, way) for at in (begins - moment, begins, ends - moment, ends)]
    assert taken == [False, True, True, False]


@given(CLOCKS, WAYS)
def test_the_seconds_left_lead_into_the_next_step_and_not_beyond_it(now: datetime, way: Way) -> None:
    left = room_codes.seconds_left(now, way)
    assert 1 <= left <= way.seconds
    after = room_codes.step_at(now + timedelta(seconds=left), way.seconds)
    assert after == room_codes.step_at(now, way.seconds) + 1


def test_a_text_of_another_meeting_another_secret_or_with_one_letter_changed_is_refused() -> None:
    now = datetime(2026, 4, 13, 8, tzinfo=UTC)
    code = code_at(now)

    def step(given: str, meeting_id: int = MEETING, secret: bytes = THIRTY_TWO) -> int | None:
        return room_codes.step_of_code(given, meeting_id=meeting_id, secrets=[secret], now=now)

    assert step(code) == step(code.upper()) == room_codes.step_at(now, 15)
    assert step(code, meeting_id=MEETING + 1) is None
    assert step(code, secret=TWENTY) is None
    for number in range(len(code)):
        changed = code[:number] + ("b" if code[number] != "b" else "c") + code[number + 1 :]
        assert step(changed) is None
    for odd in ("", code[:-1], code + "a", code + "\ud800", "é"):
        assert step(odd) is None


def test_codes_of_an_older_master_key_are_taken_while_it_is_kept() -> None:
    now = datetime(2026, 4, 13, 8, tzinfo=UTC)
    newer = b"x" * 32
    assert room_codes.step_of_code(code_at(now), meeting_id=MEETING, secrets=[newer, THIRTY_TWO], now=now) is not None
    assert room_codes.step_of_word(word_at(now), secrets=[newer[:20], TWENTY], now=now) is not None


# -- words -----------------------------------------------------------------------------------------------------------


def test_there_are_512_words_of_which_no_two_are_one_letter_apart() -> None:
    plain = [room_codes.normalise(word) for word in WORDS]
    assert len(plain) == len(set(plain)) == 512
    assert all(word.isascii() and word.isalpha() and len(word) >= 4 for word in plain)
    holes = [(word[:at] + "?" + word[at + 1 :]) for word in plain for at in range(len(word))]
    assert len(holes) == len(set(holes)), "one letter for another"
    shorter = {word[:at] + word[at + 1 :] for word in plain for at in range(len(word))}
    assert shorter & set(plain) == set(), "one letter more"


@pytest.mark.parametrize(
    "typed",
    [
        "mésange 47",
        "mesange47",
        "MÉSANGE-47",
        " mésange  47 ",
        "Mésange47.",
        "me\u0301sange 47",
        "mésange 4 7",
        "ｍésange４７",
    ],
)
def test_a_word_is_understood_without_accents_capitals_spaces_and_dashes(typed: str) -> None:
    assert room_codes.normalise(typed) == "mesange47"


def test_a_single_digit_may_be_typed_without_its_zero() -> None:
    assert room_codes.normalise("mésange 7") == room_codes.normalise("mésange 07") == "mesange07"
    assert room_codes.normalise("mésange 123") == "mesange123"
    assert room_codes.normalise("") == room_codes.normalise("\0 \ud800") == ""


@given(st.text(max_size=200))
def test_whatever_is_typed_is_compared_and_never_breaks(typed: str) -> None:
    now = datetime(2026, 4, 13, 8, tzinfo=UTC)
    step = room_codes.step_of_word(typed, secrets=[TWENTY], now=now)
    assert step is None or room_codes.normalise(typed) in {
        room_codes.normalise(word_at(now)),
        room_codes.normalise(word_at(now - timedelta(minutes=1))),
    }


def test_every_number_has_its_word() -> None:
    words = {room_codes.word_of(TWENTY, step) for step in range(20_000)}
    assert len({word.split()[0] for word in words}) == 512
    assert len({word.split()[1] for word in words}) == 100


def test_an_intent_is_read_as_it_was_written() -> None:
    intent = Intent(ids.new_id(), ids.new_id(), 3, 118_000_000)
    assert Intent.from_words(intent.words()) == intent
