import json
from pathlib import Path

import pytest

from benchmarks.__main__ import Wish, run
from benchmarks.exchange import Answer, WrongAnswer
from benchmarks.figures import percentile, ratio_of_medians
from benchmarks.measuring import Plan
from benchmarks.report import HEADINGS, keep, table
from benchmarks.rows import ROWS
from benchmarks.servers import PRODUCTION
from benchmarks.world import TINY


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
