"""`Idempotency-Key`: a request sent twice acts once and hears the same answer, whichever view it is for.

The whole view runs inside one transaction together with its key, so `perform` and `reading` join that one.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Condition
from typing import Any

from flask import Response, g, make_response, request
from sqlalchemy.orm import Session

from foundation import idempotency
from foundation.idempotency import Kept, Sent, StillRunning
from foundation.refusals import Refusal
from foundation.web.services import current_actor, current_scope, now, services

HEADER = "Idempotency-Key"
_VISIBLE = re.compile(r"[!-~]{1,255}")
_KEPT_HEADERS = ("Content-Type", "Location", "ETag")
_SUCCESS = range(200, 300)

_running: set[tuple[str, str]] = set()
_ended = Condition()


class UnreadableIdempotencyKey(Refusal):
    """The key is empty, too long, or not made of visible ASCII characters."""


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Have a view heed `Idempotency-Key`; without the header it runs as it is."""

    @wraps(view)
    def heeding(**arguments: Any) -> Any:
        key = request.headers.get(HEADER)
        if key is None:
            return view(**arguments)
        if not _VISIBLE.fullmatch(key):
            raise UnreadableIdempotencyKey
        sent = Sent(_caller(), key, _hash())
        with _after_the_first(sent):
            return services().database.in_transaction(current_scope(), _answer, sent, view, arguments)

    return heeding


def _answer(db: Session, sent: Sent, view: Callable[..., Any], arguments: dict[str, Any]) -> Response:
    known = idempotency.claim(db, sent, services().keys, now=now())
    if known is not None:
        return Response(known.body, known.status, {**known.headers, "Idempotency-Replayed": "true"})
    g.transaction = db
    try:
        response = make_response(view(**arguments))
    finally:
        g.pop("transaction")
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    answer = Kept(response.status_code, headers, response.get_data())
    if answer.status in _SUCCESS:
        idempotency.keep(db, sent, answer, services().keys)
        return response
    raise RuntimeError("a view of the API refuses by raising")


def _caller() -> str:
    actor = current_actor()
    return f"{actor.kind}:{actor.through or 0}"


def _hash() -> str:
    said = [request.method, request.full_path, hashlib.sha256(request.get_data()).hexdigest()]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()


@contextmanager
def _after_the_first(sent: Sent) -> Iterator[None]:
    # In this process; between processes the unique index keeps the same order, with the same patience. Whoever has
    # waited goes on beside the others: the row that the first one left is what they all find.
    mine = (sent.caller, sent.key)
    with _ended:
        is_first = mine not in _running
        if is_first:
            _running.add(mine)
        elif not _ended.wait_for(lambda: mine not in _running, idempotency.PATIENCE.total_seconds()):
            raise StillRunning
    try:
        yield
    finally:
        if is_first:
            with _ended:
                _running.discard(mine)
                _ended.notify_all()
