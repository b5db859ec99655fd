"""The application that is measured: the one of production, and the controls beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Flask

import wsgi
from benchmarks.controls import open_controls
from config import from_environment
from foundation.keys import new_master_key


def application() -> Flask:
    """Return the application for any WSGI server: `benchmarks.app:application`."""
    app = wsgi.application()
    open_controls(app)
    return app


def application_in(environment: Mapping[str, str]) -> Flask:
    """Return the same in this process, without the worker."""
    app = wsgi.create_app(from_environment(environment))
    open_controls(app)
    return app


def new_environment(folder: Path, *, worker: bool = False) -> dict[str, str]:
    """Return what the application reads, but for the database: nothing leaves, and nobody is told to wait.

    One proxy is trusted, because there is one in production, and so that each client has a network of its own.
    """
    return {
        "PARAPHE_MASTER_KEYS": new_master_key(),
        "PARAPHE_BASE_URL": "http://127.0.0.1",
        "MAIL_URL": f"folder:{folder}/outgoing",
        "SMS_URL": f"folder:{folder}/outgoing",
        "PARAPHE_EMBEDDED_WORKER": "1" if worker else "0",
        "PARAPHE_TRUSTED_PROXIES": "1",
        "PARAPHE_REQUESTS_A_MINUTE": "0",
    }
