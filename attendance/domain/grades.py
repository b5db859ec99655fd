"""How strong a signature is, from its method and from the channels that its proofs travelled by (product.md §3)."""

from __future__ import annotations

from enum import StrEnum


class Proof(StrEnum):
    """What a signature, or a statement, rests on."""

    BADGE_SHOWN = "badge-shown"
    DRAWN_BEFORE_AGENT = "drawn-before-agent"
    DRAWN_AT_KIOSK = "drawn-at-kiosk"
    LINK_AND_ROOM = "link-and-room"
    LINK_AND_CODE = "link-and-code"
    STATEMENT = "statement"


_LETTERS = {
    Proof.BADGE_SHOWN: "A",
    Proof.DRAWN_BEFORE_AGENT: "A",
    Proof.LINK_AND_ROOM: "B",
    Proof.DRAWN_AT_KIOSK: "C",
    Proof.STATEMENT: "E",
}


def grade(proof: Proof, *, link_channel: str | None = None, code_channel: str | None = None) -> str:
    """Return the letter: A before an agent, B in the room, C alone at a kiosk or by two channels, D by one, E said."""
    if proof in _LETTERS:
        return _LETTERS[proof]
    if link_channel is None or code_channel is None:
        return "D"
    return "C" if link_channel != code_channel else "D"


def code_channel(link_channel: str, *, has_phone: bool, has_email: bool) -> str | None:
    """Return how the code should travel: not as the link did, where that is possible; None without any way."""
    ways = [way for way, is_there in (("sms", has_phone), ("mail", has_email)) if is_there]
    others = [way for way in ways if way != link_channel]
    return next(iter([*others, *ways]), None)
