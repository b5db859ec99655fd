"""Names and addresses without end, of nobody."""

from __future__ import annotations

from typing import TypedDict


class Who(TypedDict):
    """What somebody says of themselves."""

    first_name: str
    last_name: str
    phone: str
    email: str
    language: str


def who(number: int) -> Who:
    """Return the same person for the same number, another for each other (up to a hundred million)."""
    return {
        "first_name": "Camille",
        "last_name": f"Durand {number:08}",
        "phone": f"+336{number:08}",
        "email": f"camille{number}@courriel.example",
        "language": "fr",
    }
