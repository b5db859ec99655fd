"""The processes of production: started as an operator starts them, killed as the power does. For Linux: by `/proc`."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.web import LOOPBACK

HOUSE = Path(__file__).parents[2]
IN_TIME = 30


def wait_until(happened: Callable[[], bool], what: str) -> None:
    """Wait for a condition; fail when it does not come in time."""
    until = time.monotonic() + IN_TIME
    while not happened():
        assert time.monotonic() < until, f"it did not happen in {IN_TIME} seconds: {what}"
        time.sleep(0.002)


def start(environment: Mapping[str, str], log: Path, *command: str) -> subprocess.Popen[bytes]:
    """Run a `paraphe` command in a process group of its own; what it says is added to `log`."""
    with log.open("ab") as said:
        return subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "wsgi", *command],
            cwd=HOUSE,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )


class WebServer:
    """`paraphe run` on a port of its own, for as long as the block lasts; killed, it can be started again."""

    def __init__(self, environment: Mapping[str, str], port: int, log: Path) -> None:
        """Say where; nothing runs yet."""
        self.port = port
        self._environment = environment
        self._log = log
        self._master: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """Return what the processes have said so far."""
        return self._log.read_text(errors="replace")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._master = start(self._environment, self._log, "run", "--host", LOOPBACK, "--port", str(self.port))
        wait_until(self._answers, "the server answers")

    def kill(self, *, when: Callable[[], bool] = lambda: True) -> None:
        """Kill every process at once, at a moment when something is true, and wait until nobody listens."""
        assert self._master is not None
        wait_until(lambda: self._stands_still(when), "the moment has come")
        self._end()
        wait_until(lambda: not self._listens(), "the port is free")

    def _stands_still(self, when: Callable[[], bool]) -> bool:
        # A condition of a running server is over before it can be killed: it is stopped, asked, and let go on.
        assert self._master is not None
        os.killpg(self._master.pid, signal.SIGSTOP)
        everybody = {self._master.pid, *self.processes()}
        wait_until(lambda: all(map(_is_stopped, everybody)), "every process stands still")
        if when():
            return True
        os.killpg(self._master.pid, signal.SIGCONT)
        return False

    def processes(self) -> set[int]:
        """Return the processes that serve, as the system knows them."""
        assert self._master is not None
        pid = self._master.pid
        return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}

    def kill_one_process(self) -> None:
        """Kill one of the processes that serve; the others and the master go on, and replace it."""
        before = self.processes()
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: victim not in (now := self.processes()) and len(now) == len(before), "it is replaced")

    def _end(self) -> None:
        if self._master is not None:
            # Its own group: only what it started, whether the master still lives or not.
            with suppress(ProcessLookupError):
                os.killpg(self._master.pid, signal.SIGKILL)
            self._master.wait()
            self._master = None

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=IN_TIME)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            assert self._master is not None
            assert self._master.poll() is None, self.log[-2000:]
            return False
        finally:
            connection.close()

    def _listens(self) -> bool:
        try:
            socket.create_connection((LOOPBACK, self.port), timeout=IN_TIME).close()
        except OSError:
            return False
        return True

    def __enter__(self) -> Self:
        """Start it."""
        try:
            self.start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill what runs still."""
        self._end()


def _is_stopped(pid: int) -> bool:
    try:
        threads = [stat.read_text() for stat in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError:  # A thread that has just ended.
        return False
    return all(thread.rpartition(")")[2].split()[0] == "T" for thread in threads)
