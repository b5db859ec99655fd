"""What is asked and answered: an operation yields requests, is sent their answers, and ends when all were right."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import NamedTuple


class WrongAnswer(Exception):
    """The status or the text is not what the operation must be answered."""


@dataclass(frozen=True)
class Request:
    """What is asked; `key` is shown as the bearer token."""

    method: str
    path: str
    key: str = ""
    body: str = ""

    def head(self) -> dict[str, str]:
        """Return the headers, without those of the connection."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return headers | ({"Content-Type": "application/json"} if self.body else {})

    def encoded(self, sender: str) -> bytes:
        """Return the bytes to send, as a proxy would hand them on for `sender`."""
        body = self.body.encode()
        lines = [f"{self.method} {self.path} HTTP/1.1", "Host: 127.0.0.1", f"X-Forwarded-For: {sender}"]
        lines += [f"{name}: {value}" for name, value in self.head().items()]
        if self.method != "GET":
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + body


class Answer(NamedTuple):
    """What came back."""

    status: int
    text: bytes

    def must(self, status: int, text: bytes) -> None:
        """Raise WrongAnswer unless it has this status and holds this text."""
        if self.status != status or text not in self.text:
            raise WrongAnswer(f"{self.status} {self.text[:200].decode(errors='replace')}")


Operation = Generator[Request, Answer, None]
Start = Callable[[int], Operation]
"""Begins one operation for the client of that number."""
