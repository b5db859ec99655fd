"""Files are larger than forms: a view that takes one says so, and every other keeps the small limit of the house."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request

View = TypeVar("View", bound=Callable[..., Any])

MOST_SENT = 7_000_000
"""Bytes of a request that holds a file of `foundation.tables.MOST_BYTES`, in base64 or not."""
MOST_OF_A_LARGE_FILE = 11_500_000
"""Bytes of a request that holds a picture or a document of 8 MB, in base64 or not."""
_MARK = "paraphe_takes_a_file"


def takes_a_file(view: View) -> View:
    """Mark a view whose request may hold a file."""
    setattr(view, _MARK, MOST_SENT)
    return view


def takes_a_large_file(view: View) -> View:
    """Mark a view whose request may hold a picture or a document."""
    setattr(view, _MARK, MOST_OF_A_LARGE_FILE)
    return view


def allow_files(app: Flask) -> None:
    """Set the limit of each request before anything of it is read."""

    @app.before_request
    def allow() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        most: int | None = getattr(view, _MARK, None)
        if most is not None:
            request.max_content_length = most
            request.max_form_memory_size = most
