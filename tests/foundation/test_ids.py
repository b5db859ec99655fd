import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation import ids


def test_an_identifier_is_greater_than_every_earlier_one_and_fits_63_bits() -> None:
    made = [ids.new_id() for _ in range(5000)]
    assert made == sorted(set(made))
    assert all(0 < one < 2**63 for one in made)


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_an_identifier_is_read_back_as_it_was_shown(identifier: int) -> None:
    assert ids.from_text(ids.to_text(identifier)) == identifier


@pytest.mark.parametrize("text", ["", "abc", "u" * 13, "é" * 13, "z" * 13, "0" * 14, "0000000000-00"])
def test_what_is_not_an_identifier_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an identifier"):
        ids.from_text(text)
