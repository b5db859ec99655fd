"""The closed-loop client: each of its clients asks, waits for the whole answer, checks it, and asks again.

One thread serves all of them, by epoll, with an HTTP reader of a few lines: on a machine that the server shares, a
thread a client would cost more, and would measure Python's lock. What it costs is measured and reported.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.exchange import Answer, Operation, Request, Start, WrongAnswer

PATIENCE = 90
"""Seconds without a word from any connection after which the server is taken for dead."""
MOST_KEPT = 3
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)")


class Silence(Exception):
    """The server says nothing any more."""


@dataclass
class Round:
    """What came of driving for a while, until the last answer; rates and latencies are of right answers alone."""

    seconds: float = 0
    milliseconds: list[float] = field(default_factory=list)
    wrong: int = 0
    wrong_kept: list[str] = field(default_factory=list)
    client_seconds: float = 0

    @property
    def rate(self) -> float:
        """Operations a second."""
        return len(self.milliseconds) / self.seconds


class _Client:
    """One of the clients, with its connection: kept where the server keeps it."""

    def __init__(self, number: int, port: int, selector: selectors.BaseSelector) -> None:
        self.number = number
        self._port = port
        self._selector = selector
        self._sender = f"10.0.{number // 250}.{number % 250 + 1}"
        self._socket: socket.socket | None = None
        self._received = b""
        self._operation: Operation | None = None
        self.began = 0.0

    def begin(self, operation: Operation) -> None:
        self._operation = operation
        self.began = time.perf_counter()
        self._send(next(operation))

    def hear(self) -> bool:
        """Read what came; say whether the operation is over."""
        answer = self._read()
        if answer is None or self._operation is None:
            return False
        try:
            self._send(self._operation.send(answer))
        except StopIteration:
            return True
        return False

    def hang_up(self) -> None:
        if self._socket is not None:
            self._selector.unregister(self._socket)
            self._socket.close()
            self._socket = None
        self._received = b""

    def _send(self, request: Request) -> None:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(self._socket, selectors.EVENT_READ, self)
        self._socket.sendall(request.encoded(self._sender))

    def _read(self) -> Answer | None:
        received = self._socket.recv(262_144) if self._socket else b""
        if not received:
            self.hang_up()
            raise WrongAnswer("the connection was closed")
        self._received += received
        head, separator, text = self._received.partition(b"\r\n\r\n")
        if not separator:
            return None
        head = head.lower()
        length = _LENGTH.search(head)
        if length is None:
            raise WrongAnswer("the answer does not say how long it is")
        if len(text) < int(length[1]):
            return None
        self._received = b""
        if b"\r\nconnection: close" in head:
            self.hang_up()
        return Answer(int(head[9:12]), text)


class _Loop:
    """All clients of one round."""

    def __init__(self, port: int, operations: Iterator[Start], clients: int, seconds: float) -> None:
        self._operations = operations
        self._selector = selectors.DefaultSelector()
        self._resting = [_Client(number, port, self._selector) for number in range(clients)]
        self._busy: set[_Client] = set()
        self._began = time.perf_counter()
        self._ends = self._began + seconds
        self.round = Round()

    def run(self) -> Round:
        spent = time.process_time()
        for client in self._resting:
            self._next(client)
        while self._busy:
            events = self._selector.select(PATIENCE)
            if not events:
                raise Silence
            for key, _ in events:
                self._hear(key.data)
        self._selector.close()
        self.round.seconds = time.perf_counter() - self._began
        self.round.client_seconds = time.process_time() - spent
        return self.round

    def _hear(self, client: _Client) -> None:
        try:
            if not client.hear():
                return
        except (WrongAnswer, ConnectionError) as error:
            self._note(client, error)
        else:
            self.round.milliseconds.append((time.perf_counter() - client.began) * 1000)
        self._next(client)

    def _note(self, client: _Client, error: Exception) -> None:
        client.hang_up()
        self.round.wrong += 1
        if len(self.round.wrong_kept) < MOST_KEPT:
            self.round.wrong_kept.append(str(error))

    def _next(self, client: _Client) -> None:
        start = next(self._operations, None) if time.perf_counter() < self._ends else None
        if start is None:
            self._busy.discard(client)
            client.hang_up()
            return
        self._busy.add(client)
        client.begin(start(client.number))


def drive(port: int, operations: Iterator[Start], *, clients: int, seconds: float) -> Round:
    """Keep `clients` busy for `seconds`, or until `operations` are used up; raise Silence when no answer comes."""
    return _Loop(port, operations, clients, seconds).run()
