import hashlib
import json
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import pytest

from benchmarks import guessing
from benchmarks.attempts import report as attempts
from benchmarks.attempts.afterwards import leave_one_of_each
from benchmarks.attempts.books import untrue
from benchmarks.attempts.crowd import Attempt, Crowd, now_of
from benchmarks.attempts.running import ACKNOWLEDGED, Tally, _take_turns, work
from benchmarks.attempts.running import Plan as Crowding
from benchmarks.attempts.town import make_town
from benchmarks.audit import EVERY, audit
from benchmarks.breaking import BREAKS, found_when_broken
from benchmarks.engines import Cluster, OnPostgresql, OnSqlite
from benchmarks.exchange import Answer, WrongAnswer
from benchmarks.figures import percentile, ratio_of_medians
from benchmarks.measuring import Plan
from benchmarks.over_http import Wish, run
from benchmarks.report import HEADINGS, keep, table
from benchmarks.rows import ROWS
from benchmarks.search import run as searching
from benchmarks.search.comparing import is_flat
from benchmarks.search.data_set import CELL, CELLS, KINDS, NOW, DataSet, TooSmall
from benchmarks.search.searches import SEARCHES
from benchmarks.servers import PRODUCTION
from benchmarks.signatures import run as signing
from benchmarks.world import TINY
from booking.domain.intervals import MINUTES_A_DAY, minute_of
from foundation.database import Database
from tests.servers.postgres import Server

SMALL = DataSet(600, venues=7, agents=6, time_offs=3)


@pytest.fixture(params=["sqlite", "postgresql"])
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Cluster:
    """Each engine in turn."""
    if request.param == "sqlite":
        return OnSqlite(tmp_path)
    server: Server = request.getfixturevalue("postgres")
    server.drop("crowded")
    return OnPostgresql(server)


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0, 1), (0.5, 5), (0.95, 10), (0.99, 10), (1, 10), (0.1, 1), (0.11, 2)],
)
def test_a_percentile_is_the_smallest_value_that_covers_its_share(share: float, expected: float) -> None:
    assert percentile([7, 1, 10, 4, 2, 9, 3, 8, 5, 6], share) == expected


def test_the_percentiles_of_one_value_are_that_value_and_none_has_none() -> None:
    assert percentile([3.5], 0.5) == percentile([3.5], 0.99) == 3.5
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_a_ratio_is_that_of_the_medians_with_the_spread_of_the_pairs() -> None:
    ratio = ratio_of_medians([50, 60, 10], [100, 80, 100])
    assert ratio.value == 0.5  # 50 over 100, although one round went wrong
    assert (ratio.low, ratio.high) == (0.1, 0.75)


def test_a_ratio_needs_as_many_rounds_of_both() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratio_of_medians([50, 60], [100])


def test_an_answer_with_the_right_status_and_another_text_is_wrong() -> None:
    answer = Answer(200, b'{"verdict":"unknown"}')
    answer.must(200, b"unknown")
    with pytest.raises(WrongAnswer):
        answer.must(200, b'"verdict":"signed"')
    with pytest.raises(WrongAnswer):
        answer.must(201, b"unknown")


def test_every_row_is_measured_beside_its_control_and_kept_as_a_line(tmp_path: Path) -> None:
    wish = Wish(("sqlite",), (PRODUCTION,), tuple(ROWS), (1,), Plan(seconds=0.05, rounds=1), size=TINY)
    lines = list(run(wish))
    assert [line["row"] for line in lines] == list(ROWS)
    for line in lines:
        assert line["wrong_kept"] == []
        assert (line["engine"], line["server"], line["clients"]) == ("sqlite", PRODUCTION, 1)
        assert line["per_second"] > 0
        assert 0 < line["p50_ms"] <= line["p95_ms"] <= line["p99_ms"]
        assert line["statements"] >= line["control"]["statements"] >= 1
        assert 0 < line["ratio"]["low"] <= line["ratio"]["value"] <= line["ratio"]["high"]
        assert 0 < line["client_share"] < 1
        assert line["machine"]["cores"] >= 1
    for line in lines:
        keep(line, "2026-04-13", tmp_path)
    assert [json.loads(text) for text in (tmp_path / "2026-04-13.jsonl").read_text().splitlines()] == lines
    written = table(lines).splitlines()
    assert [cell.strip() for cell in written[0].strip("|").split("|")] == list(HEADINGS)
    assert len({len(row) for row in written}) == 1
    assert len(written) == 2 + len(lines)


def test_one_seed_makes_one_data_set_of_exactly_so_many() -> None:
    rows = list(SMALL.everything())
    assert len(rows) == 600
    assert rows == list(DataSet(600, venues=7, agents=6, time_offs=3).everything())
    assert rows != list(DataSet(600, venues=7, agents=6, time_offs=3, seed=2).everything())


def test_the_public_data_set_is_the_one_that_was_published() -> None:
    told = "\n".join(f"{one.agent} {one.venue} {one.kind} {one.start}" for one in DataSet(6_000).everything())
    assert hashlib.sha256(told.encode()).hexdigest().startswith("fa6caed1008da3378e01")


def test_a_larger_data_set_is_older_and_its_future_is_the_same() -> None:
    larger = DataSet(900, venues=7, agents=6, time_offs=3)
    assert list(SMALL.ahead()) == list(larger.ahead())
    assert larger.weeks_behind > SMALL.weeks_behind
    assert list(larger.everything())[300:] == list(SMALL.everything())
    with pytest.raises(TooSmall):
        list(DataSet(10, venues=7, agents=6, time_offs=3).everything())


def test_nobody_serves_two_at_once_and_what_fills_up_leaves_no_cell() -> None:
    full = [*SMALL.ahead(), *SMALL.filling()]
    every = sorted((one.agent, one.start, KINDS[one.kind].cells) for one in full)
    for (agent, start, cells), (following, later, _) in pairwise(every):
        assert agent != following or start + cells * CELL <= later
    first_week = [one for one in full if one.start < minute_of(NOW) + 7 * MINUTES_A_DAY]
    assert sum(KINDS[one.kind].cells for one in first_week) % CELLS == 0


@pytest.mark.parametrize(
    ("times", "ratios", "expected"),
    [((10, 12, 15), (5, 5, 5), "flat"), ((10, 12, 16), (5, 5, 5), "not"), ((10, 10, 10), (3, 5, 4), "not")],
)
def test_flat_is_half_as_much_again_at_most(times: tuple[float, ...], ratios: tuple[float, ...], expected: str) -> None:
    lines = [{"ms": time, "ratio": {"value": ratio}} for time, ratio in zip(times, ratios, strict=True)]
    assert is_flat(lines) is (expected == "flat")


def test_every_search_is_measured_beside_reading_the_same_rows() -> None:
    lines = list(searching.run(searching.Wish(("sqlite",), (600, 900), rounds=1, data=SMALL)))
    assert [(line["search"], line["appointments"]) for line in lines] == [
        (search.name, size) for search in SEARCHES for size in (600, 900)
    ]
    for line in lines:
        assert line["ms"] > 0 < line["control_ms"]
        assert line["ratio"]["low"] <= line["ratio"]["value"] <= line["ratio"]["high"]
        assert line["rows"] > 0 < line["statements"]
    assert len(searching.table(lines).splitlines()) == 2 + len(lines)
    assert searching.verdict(lines)


def test_after_a_crowd_the_audit_finds_nothing_and_in_a_broken_copy_everything(cluster: Cluster) -> None:
    line = {"engine": cluster.name, **attempts.on_engine(cluster, Crowding(160, processes=2, threads=3))}
    assert attempts.verdict(line) == []
    outcomes = [told["outcomes"] for told in line["ways"].values()]
    assert sum(count for of_way in outcomes for count in of_way.values()) == 160
    assert sum(of_way.get(ACKNOWLEDGED, 0) for of_way in outcomes) > 40
    assert any("slot-taken" in of_way for of_way in outcomes)
    assert line["engine"] in attempts.praise(line)
    assert len(attempts.table([line]).splitlines()) == 2 + len(line["ways"]) + 1
    assert "slot-taken" in attempts.refusals([line])


def test_there_is_one_way_to_break_the_books_for_each_check() -> None:
    assert set(BREAKS) == set(EVERY)


def test_an_unbroken_book_has_no_fault_and_stays_so_after_each_break(tmp_path: Path) -> None:
    url = OnSqlite(tmp_path).new("crowded")
    database = Database(url)
    leave_one_of_each(Crowd(database, make_town(database)), now_of(0))
    for name in BREAKS:
        assert name in found_when_broken(url, name, now=now_of(0))
    with database.engine.connect() as connection:
        assert audit(connection, now=now_of(0)) == {}
    database.dispose()


def test_what_was_said_must_be_there_and_what_is_there_must_have_been_said(tmp_path: Path) -> None:
    database = Database(OnSqlite(tmp_path).new("crowded"))
    crowd = Crowd(database, make_town(database))
    leave_one_of_each(crowd, now_of(0))
    slot, seat = sorted(crowd.told_booked)
    with database.engine.connect() as connection:
        assert untrue(connection, Tally(booked={slot, seat})) == {}
        assert untrue(connection, Tally(booked={1, slot}, cancelled={seat})) == {
            "booked, and not there": [1],
            "there, and nobody was told": [seat],
            "cancelled, and still on": [seat],
        }
    database.dispose()


def test_what_is_no_refusal_is_told_and_ends_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(_crowd: Crowd, attempt: Attempt) -> None:
        raise ZeroDivisionError(attempt.number)

    monkeypatch.setattr("benchmarks.attempts.running.chosen", lambda _attempt: stumble)
    url = OnSqlite(tmp_path).new("crowded")
    database = Database(url)
    _take_turns(get_context("spawn").Value("q", 0))
    tally = work(url, make_town(database), Crowding(50, threads=2))
    database.dispose()
    assert 1 <= len(tally.bugs) <= 2
    assert "ZeroDivisionError" in tally.bugs[0]
    told = {"engine": "sqlite", "bugs": tally.bugs, "wrong": {"two": [1, 2]}, "audit_missed": ["three"]}
    assert len(attempts.verdict(told)) == len(tally.bugs) + 2


@pytest.mark.usefixtures("postgres")
@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_sign_ins_are_measured_among_few_and_among_many_signatures(engine: str) -> None:
    lines = list(signing.run(signing.Wish((engine,), (60, 120), rounds=3)))
    assert [(line["engine"], line["signatures"], line["rounds"]) for line in lines] == [
        (engine, 60, 3),
        (engine, 120, 3),
    ]
    for line in lines:
        assert line["statements"] <= 6
        assert 0 < line["bare_ms"] < line["ms"] <= line["p95_ms"]
        assert 0 < line["ratio"]["low"] <= line["ratio"]["value"] <= line["ratio"]["high"]
    written = signing.table(lines).splitlines()
    assert len({len(row) for row in written}) == 1
    assert len(written) == 2 + len(lines)


def test_an_engine_whose_sign_ins_slow_down_is_named() -> None:
    line = {"engine": "sqlite", "time_growth": 1.0, "ratio_growth": 1.0}
    assert "is flat" in signing.verdict([line])[0]
    assert signing.verdict([line, line | {"time_growth": 1.6}])[0].startswith("A sign-in on sqlite is not flat")


@pytest.mark.usefixtures("postgres")
def test_each_reason_why_a_code_is_refused_is_timed_beside_a_wrong_one() -> None:
    lines = list(guessing.run(("sqlite", "postgresql"), 3))
    assert [line["answered"] for line in lines] == [*guessing.KINDS, *guessing.KINDS]
    assert all(line["ratio"]["value"] == 1 for line in lines if line["answered"] == guessing.CONTROL)
    assert len(guessing.table(lines).splitlines()) == 2 + len(lines)
