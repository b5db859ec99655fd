"""The production server keeps to itself what a log must not hold, and opens no second way in."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.web import LOOPBACK, free_port

# An application that fails outside of Flask's own table of errors, with somebody's name in its text.
FAILING = """
from foundation.serving import Server

def application(environ, start_response):
    if environ["PATH_INFO"] != "/seen":
        raise ValueError("Zoé Martin")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{{environ['wsgi.url_scheme']}} [{{environ['SCRIPT_NAME']}}]".encode()]

Server(lambda: application, host={host!r}, port={port}, processes=1, threads={threads}).run()
"""


@contextmanager
def failing_server(port: int, threads: int, folder: Path) -> Iterator[list[str]]:
    """Serve for as long as the block lasts; then the list holds what was logged."""
    script = FAILING.format(host=LOOPBACK, port=port, threads=threads)
    environment = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "PYTHONPATH": ":".join(sys.path)}
    command = [sys.executable, "-X", "utf8", "-c", script]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=environment)  # noqa: S603
    logged: list[str] = []
    try:
        yield logged
    finally:
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=20)
        logged.append(said)


def ask(port: int, line: str, *headers: str) -> bytes:
    """Send a request, as soon as somebody listens."""
    lines = (line, f"Host: {LOOPBACK}", "Connection: close", *headers, "", "")
    for _ in range(200):
        try:
            with socket.create_connection((LOOPBACK, port), timeout=10) as client:
                client.sendall("\r\n".join(lines).encode())
                return b"".join(iter(lambda: client.recv(1000), b""))
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("nobody listens")


@pytest.mark.parametrize("threads", [1, 2])
def test_the_servers_own_log_holds_no_address_and_no_name(threads: int, tmp_path: Path) -> None:
    port = free_port()
    with failing_server(port, threads, tmp_path) as logged:
        assert b" 500 " in ask(port, "GET /rdv/secret-token HTTP/1.1")
        assert b" 400 " in ask(port, "GET /rdv/secret-token and more HTTP/1.1")
        assert list(tmp_path.iterdir()) == []
    assert "ValueError" in logged[0]
    for private in ("secret-token", LOOPBACK, "Zoé"):
        assert private not in logged[0]


@pytest.mark.parametrize("threads", [1, 2])
def test_what_a_client_says_of_proxies_is_believed_by_none_but_the_setting(threads: int, tmp_path: Path) -> None:
    # gunicorn believes whoever speaks from this computer, as a proxy beside it does for everybody.
    port = free_port()
    with failing_server(port, threads, tmp_path):
        answer = ask(port, "GET /seen HTTP/1.1", "X-Forwarded-Proto: https", "SCRIPT_NAME: /seen")
    assert b"http []" in answer
