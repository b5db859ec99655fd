"""`If-Match`: a change is made to what its sender has seen, or not at all (RFC 9110, §13.1.1)."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request
from marshmallow import Schema
from werkzeug.http import generate_etag

from foundation.refusals import Stale

IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The `ETag` of what you have read: if it is another now, nothing is changed and the answer is 412.",
}
ETAG = {"ETag": {"description": "Names this state, for `If-Match` and `If-None-Match`.", "schema": {"type": "string"}}}


def refuse_stale(shape: type[Schema], current: Any) -> None:
    """Raise Stale when the request has an `If-Match` and `current`, written in this shape, has another ETag.

    Call it inside the transaction of the change, on a row that is locked.
    """
    if "If-Match" not in request.headers:
        return
    # The same bytes as the answer to GET, so the same tag.
    tag = generate_etag(jsonify(shape().dump(current)).get_data())
    if not request.if_match.contains(tag):
        raise Stale
