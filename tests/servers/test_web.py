"""The tests' own server behaves like a server in production where the tests' verdict depends on it."""

import socket
import struct
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tests.servers.web import LOOPBACK, free_port, serving

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)
"""Closing sends a reset at once, as a browser does that has gone to another page."""


class _AnswerToNobody:
    """The browser leaves after the last byte was sent, and before the answer is closed."""

    def __init__(self, browser: socket.socket) -> None:
        self._browser = browser
        self.closed = threading.Event()

    def __iter__(self) -> Iterator[bytes]:
        yield b"0" * 1000
        self._browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT_AT_ALL)
        self._browser.close()

    def close(self) -> None:
        self.closed.set()


def test_an_answer_that_the_browser_stopped_reading_is_closed() -> None:
    port = free_port()
    with socket.socket() as browser:
        answer = _AnswerToNobody(browser)

        def app(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
            start_response("200 OK", [("Content-Type", "application/wasm"), ("Content-Length", "1000")])
            return answer

        with serving(app, port):
            browser.connect((LOOPBACK, port))
            browser.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert answer.closed.wait(5)
