"""The one table between a «no» and its answer: a page for people, problem details (RFC 9457) for programs."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from flask import Flask, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from foundation.refusals import Invalid, NotLoggedIn, Refusal
from foundation.web.language import say

API = "/api/"
logger = logging.getLogger(__name__)


def wants_json() -> bool:
    """Say whether a program asks: it is at the API, it sends JSON, or it prefers it to a page."""
    if request.is_json or request.path.startswith(API):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return best != "text/html" and best is not None


def sentence_of(refusal: Refusal) -> str:
    """Return the refusal in the reader's language."""
    return say(f"refusal.{refusal.code}", **refusal.details)


def problem(status: int, code: str, detail: str, fields: dict[str, str] | None = None) -> Response:
    """Return problem details: `code` is stable, `detail` is a sentence."""
    body: dict[str, object] = {
        "type": f"urn:paraphe:problem:{code}",
        "title": detail,
        "status": status,
        "code": code,
    }
    body["detail"] = detail
    if fields:
        body["fields"] = fields
    response = jsonify(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def page(status: int, title: str, sentence: str) -> Response:
    """Return the page of an expected «no»."""
    return Response(render_template("foundation/refusal.html", title=title, sentence=sentence), status)


def _fields(refusal: Invalid) -> dict[str, str]:
    return {name: say(key, **refusal.details) for name, key in refusal.fields.items()}


def answer_refusal(refusal: Refusal) -> AnyResponse:
    """Return what the person or the program is told."""
    sentence = sentence_of(refusal)
    if wants_json():
        fields = _fields(refusal) if isinstance(refusal, Invalid) else None
        response = problem(refusal.status, refusal.code, sentence, fields)
    elif isinstance(refusal, NotLoggedIn):
        following = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("directory.log_in", next=following), 303)
    else:
        response = page(refusal.status, say("refusal.title"), sentence)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    if isinstance(refusal, NotLoggedIn) and refusal.challenge:
        response.headers["WWW-Authenticate"] = refusal.challenge
    return response


def answer_http(error: HTTPException) -> AnyResponse:
    """Return what is said of a wrong address, a wrong method, a body too large."""
    status = error.code or 500
    known = f"http.{status}" if status in {400, 404, 405, 413, 415, 429} else "http.other"
    sentence = say(known)
    response = (
        problem(status, f"http-{status}", sentence) if wants_json() else page(status, say("http.title"), sentence)
    )
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def answer_bug(error: Exception) -> AnyResponse:
    """Say that it is our fault, and nothing of how; the log has the trace, without the request's contents."""
    _log(error)
    sentence = say("http.500")
    return problem(500, "bug", sentence) if wants_json() else page(500, say("http.title"), sentence)


def where_of(error: BaseException) -> str:
    """Return what a log may hold of a bug: its kind and where it broke.

    Not its text: PostgreSQL puts the values of a row into it, which may be names and numbers.
    """
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"


def _log(error: BaseException) -> None:
    # By its endpoint: the address may be a capability.
    logger.error("unexpected in %s: %s", request.endpoint, where_of(error))


def _log_another(exc_info: Any) -> None:
    # What broke while a «no» was being told; Flask would write down the address.
    _log(exc_info[1])


def map_errors(app: Flask) -> None:
    """Plug the table into the application."""
    app.log_exception = _log_another  # type: ignore[method-assign]
    app.register_error_handler(Refusal, answer_refusal)
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(Exception, answer_bug)
