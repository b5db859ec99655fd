"""The production server: gunicorn, with the outbox's worker inside each process unless it runs on its own."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from foundation.web.errors import where_of
from foundation.worker import Worker


class DiscreetLogger(Logger):  # type: ignore[misc]
    """gunicorn's log of errors, less what it copies out of requests: addresses, of pages and of people."""

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Say that a request was not HTTP, and not from whom or what it was."""
        if msg.startswith("Invalid request from"):
            super().warning("a request that is not HTTP was refused")
        else:
            super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Say what broke during a request, and where."""
        error = sys.exc_info()[1]
        if msg.startswith("Error handling request") and error is not None:
            self.error("unexpected outside of the application: %s", where_of(error))
        else:
            super().exception(msg, *args, **kwargs)


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told in code what a file would have told it. The application is made after the fork."""

    def __init__(self, make: Callable[[], Flask], *, host: str, port: int, processes: int, threads: int) -> None:
        """Listen on `host` and `port`; `make` builds the application in each process that serves it.

        With one thread a process answers one request at a time and waits for its client: only behind a proxy that
        takes requests and answers whole.
        """
        self._make = make
        self._options: dict[str, Any] = {
            "bind": f"{f'[{host}]' if ':' in host else host}:{port}",
            "worker_class": "gthread" if threads > 1 else "sync",
            "workers": processes,
            "threads": threads,
            "timeout": 60,
            # Addresses hold capabilities: there is no access log. Errors go to the standard error.
            "accesslog": None,
            "logger_class": DiscreetLogger,
            # Nobody needs it, and by default it lies in the home folder, one for all.
            "control_socket_disable": True,
            # What a proxy says is read in one place, by PARAPHE_TRUSTED_PROXIES; gunicorn would believe this computer.
            "forwarded_allow_ips": "",
            "loglevel": "warning",
            "limit_request_line": 4094,
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand the options to gunicorn."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build the application."""
        return self._make()


def start_worker(worker: Worker) -> tuple[Thread, Event]:
    """Run the outbox's worker as a thread of this process; set the event to stop it."""
    stop, wake = Event(), Event()
    worker.database.after_promise = wake.set
    thread = Thread(target=worker.run_forever, args=(stop, wake), name="outbox", daemon=True)
    thread.start()
    logging.getLogger(__name__).info("the outbox's worker runs inside this process")
    return thread, stop
