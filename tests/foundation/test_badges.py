"""The signed QR: vectors of RFC 8032, any changed bit, rotation, and what a scanner's keyboard adds."""

from __future__ import annotations

from datetime import UTC, datetime

import base45
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.badges import (
    PREFIX,
    BadgePayload,
    Ed25519Signing,
    Ed25519Verifying,
    MalformedBadge,
    RawSigner,
    UnknownBadge,
    clean_scan,
    new_seed,
    read_badge,
    verify_badge,
    write_badge,
)

SEED, PUBLIC = new_seed()
PAYLOAD = BadgePayload(1, 123456789, bytes(range(16)), datetime(2026, 5, 1, tzinfo=UTC))
TEXT = write_badge(PAYLOAD, seed=SEED)

RFC_8032 = [  # §7.1, tests 1 to 3: seed, public key, message, signature
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_our_signing_algorithm_agrees_with_rfc_8032(seed: str, public: str, message: str, signature: str) -> None:
    value = bytes.fromhex(message)
    signed = RawSigner(bytes.fromhex(seed), algorithm=Ed25519Signing(), key_derivation="none").sign(value)
    assert signed == value + bytes.fromhex(signature)
    checker = RawSigner(bytes.fromhex(public), algorithm=Ed25519Verifying(), key_derivation="none")
    assert checker.unsign(signed) == value


def test_a_badge_says_what_was_written_and_its_signature_is_good() -> None:
    payload, signed = read_badge(TEXT)
    assert payload == PAYLOAD
    verify_badge(signed, public_key=PUBLIC)


def test_a_badge_is_146_characters_of_the_alphanumeric_alphabet_so_that_the_code_is_version_6() -> None:
    import qrcode  # noqa: PLC0415

    assert len(TEXT) == 146
    assert set(TEXT) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(TEXT)
    code.make()
    assert code.version == 6


@given(st.integers(min_value=0, max_value=95 * 8 - 1))
def test_any_changed_bit_is_found(bit: int) -> None:
    signed = bytearray(base45.b45decode(TEXT[len(PREFIX) :]))
    signed[bit // 8] ^= 1 << bit % 8
    altered = PREFIX + base45.b45encode(bytes(signed)).decode()
    with pytest.raises((UnknownBadge, MalformedBadge)):
        verify_badge(read_badge(altered)[1], public_key=PUBLIC)


def test_a_signature_with_the_group_order_added_is_refused() -> None:
    """RFC 8032, §5.1.7: S must be below L, or a second signature of the same badge could be made."""
    signed = bytearray(base45.b45decode(TEXT[len(PREFIX) :]))
    order = 2**252 + 27742317777372353535851937790883648493
    s = int.from_bytes(signed[-32:], "little") + order
    signed[-32:] = s.to_bytes(32, "little")
    with pytest.raises(UnknownBadge):
        verify_badge(bytes(signed), public_key=PUBLIC)


def test_another_key_is_refused() -> None:
    with pytest.raises(UnknownBadge):
        verify_badge(read_badge(TEXT)[1], public_key=new_seed()[1])


@pytest.mark.parametrize(
    "text", ["", "PRP", "bonjour", "PRP abc", TEXT[:-1], TEXT[1:], "https://exemple.fr", TEXT + "AA"]
)
def test_what_is_not_a_badge_is_malformed(text: str) -> None:
    with pytest.raises(MalformedBadge):
        read_badge(text)


@pytest.mark.parametrize(
    "typed", [TEXT, "]Q1" + TEXT, TEXT + "\r\n", "\x02" + TEXT + "\x03", f" {TEXT} ", TEXT.lower()]
)
def test_what_a_keyboard_scanner_adds_is_removed_and_spaces_stay(typed: str) -> None:
    assert clean_scan(typed) == TEXT


def test_the_verifying_algorithm_cannot_sign() -> None:
    with pytest.raises(NotImplementedError):
        RawSigner(PUBLIC, algorithm=Ed25519Verifying(), key_derivation="none").sign(b"x")
