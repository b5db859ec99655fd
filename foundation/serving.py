"""The production server: gunicorn, with the outbox's worker inside each process unless it runs on its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from foundation.worker import Worker


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
