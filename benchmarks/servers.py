"""The servers that can be measured: production's own, and others beside it."""

from __future__ import annotations

import http.client
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.app import application
from config import from_environment
from foundation.serving import Server

HOUSE = Path(__file__).parent.parent
PRODUCTION = "production"
GUNICORN: Mapping[str, tuple[int, int]] = {"gthread-1x8": (1, 8), "gthread-2x4": (2, 4), "sync-2": (2, 1)}
"""Processes, and threads of each."""
GRANIAN: Mapping[str, int] = {"granian-1x4": 1, "granian-2x4": 2}
BLOCKING_THREADS = 4
COMPARED = (*GUNICORN, *GRANIAN)
EVERY = (PRODUCTION, *COMPARED)
STARTS_WITHIN = 60
STOPS_WITHIN = 15


class NotStarted(Exception):
    """The server did not come up; the text is what it said."""


def is_here(name: str) -> bool:
    """Say whether the server is installed."""
    return name not in GRANIAN or importlib.util.find_spec("granian") is not None


@contextmanager
def running(name: str, environment: Mapping[str, str], folder: Path) -> Iterator[int]:
    """Serve for as long as the block lasts, and give the port; raise NotStarted with what the server said."""
    port = _free_port()
    log = folder / "server.log"
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(  # noqa: S603 - the command is our own
            _command(name, port),
            cwd=HOUSE,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        _wait_for(process, port, log)
        yield port
    finally:
        _stop(process)


def _command(name: str, port: int) -> list[str]:
    if name not in GRANIAN:
        return [sys.executable, "-m", "benchmarks.servers", name, str(port)]
    options = {
        "interface": "wsgi",
        "host": "127.0.0.1",
        "port": port,
        "workers": GRANIAN[name],
        "blocking-threads": BLOCKING_THREADS,
        "http": 1,
        "log-level": "warning",
    }
    written = [word for option, value in options.items() for word in (f"--{option}", str(value))]
    return [sys.executable, "-m", "granian", *written, "--factory", "--no-ws", "benchmarks.app:application"]


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=STARTS_WITHIN)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            connection.close()
    raise NotStarted(log.read_text(errors="replace")[-2000:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        # Its own session: only what it started.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        port: int = candidate.getsockname()[1]
        return port


if __name__ == "__main__":
    processes, threads = GUNICORN.get(sys.argv[1]) or from_environment().serving
    Server(application, host="127.0.0.1", port=int(sys.argv[2]), processes=processes, threads=threads).run()
