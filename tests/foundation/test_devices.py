"""Signatures of devices: what a browser makes is believed, and nothing else is."""

from __future__ import annotations

import base64

import pytest

from foundation.devices import DeviceKeyUnreadable, decode, lines, parse_public_key, verify_device
from tests.devices import Pen, as_text

# RFC 6979 A.2.5: the key of P-256, and its signature of «sample» with SHA-256.
X = "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6"
Y = "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299"
R = "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
S = "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
POINT = bytes.fromhex(f"04{X}{Y}")
SIGNATURE = bytes.fromhex(R + S)
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def test_the_signature_of_rfc_6979_is_believed() -> None:
    assert verify_device(POINT, b"sample", SIGNATURE)


@pytest.mark.parametrize(
    "signature",
    [
        None,
        b"",
        SIGNATURE[:-1],
        SIGNATURE + b"\0",
        bytes(64),
        SIGNATURE[:32] + bytes(32),
        SIGNATURE[:32] + ORDER.to_bytes(32),
        SIGNATURE[32:] + SIGNATURE[:32],
        bytes([SIGNATURE[0] ^ 1]) + SIGNATURE[1:],
        b"\xff" * 64,
    ],
)
def test_what_is_no_signature_of_it_is_not_and_breaks_nothing(signature: bytes | None) -> None:
    assert not verify_device(POINT, b"sample", signature)


def test_another_text_or_another_key_is_not_what_was_signed() -> None:
    assert not verify_device(POINT, b"sampl", SIGNATURE)
    assert not verify_device(Pen().point, b"sample", SIGNATURE)
    assert not verify_device(b"\x04" + bytes(64), b"sample", SIGNATURE)


def test_lines_are_signed_one_by_one_so_that_nothing_moves_from_one_to_the_next() -> None:
    pen = Pen()
    signature = decode(pen.sign("paraphe-test", "a", "b"))
    assert verify_device(pen.point, lines("paraphe-test", "a", "b"), signature)
    assert not verify_device(pen.point, lines("paraphe-test", "ab", ""), signature)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "é",
        "not base64!",
        as_text(POINT)[:-4],
        as_text(POINT[:-1]),
        as_text(POINT[:-1] + b"\0"),
        as_text(b"\x02" + POINT[1:33]),
        base64.urlsafe_b64encode(b"\x04" + b"\xfb" * 64).decode(),
    ],
)
def test_a_key_that_is_no_point_of_the_curve_is_refused(text: str) -> None:
    with pytest.raises(DeviceKeyUnreadable):
        parse_public_key(text)


def test_a_public_key_is_read_back() -> None:
    pen = Pen()
    assert parse_public_key(pen.public_key) == pen.point
