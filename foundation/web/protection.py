"""Against other sites and other people's scripts: where a form may come from, and what a page may load."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import BadRequest

from foundation.refusals import CrossSite
from foundation.web.services import services

_SAFE = {"GET", "HEAD", "OPTIONS"}
_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def bind_forms_to(session_id: int) -> None:
    """Demand, from now on in this request, the form token of this staff session."""
    g.form_token_of = str(session_id)


def csrf_token() -> str | None:
    """Return the token that forms of a logged-in page carry; public pages have no cookie and need none."""
    if "form_token_of" not in g:
        return None
    key = services().keys.derive("form token")
    return hmac.new(key, g.form_token_of.encode(), hashlib.sha256).hexdigest()


def let_the_page_use_the_camera() -> None:
    """Open camera and WebAssembly to this one page."""
    g.camera = True


def protect(app: Flask) -> None:
    """Check where unsafe requests come from, and set the headers of every answer."""

    @app.before_request
    def refuse_other_sites() -> None:
        if request.method in _SAFE:
            return
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise CrossSite
        origin = request.headers.get("Origin")
        # «null» is what a browser says after a redirect under a strict referrer policy; Sec-Fetch-Site has spoken then.
        if origin not in {None, "null"} and _host_of(origin or "") != request.host:
            raise CrossSite

    app.before_request(_refuse_nul)

    @app.after_request
    def add_headers(response: Response) -> Response:
        policy = dict(_POLICY)
        camera = "()"
        if g.get("camera"):
            policy["script-src"] += " 'wasm-unsafe-eval'"
            camera = "(self)"
        headers = response.headers
        headers.setdefault("Content-Security-Policy", "; ".join(f"{k} {v}" for k, v in policy.items()))
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Permissions-Policy"] = f"camera={camera}, microphone=(), geolocation=(), payment=()"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if services().base_url.startswith("https://"):
            headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        if request.endpoint is None or not request.endpoint.endswith("static"):
            headers.setdefault("Cache-Control", "no-store")
        return response


def _refuse_nul() -> None:
    # Nobody types it, and PostgreSQL keeps no text that holds it.
    typed = [*request.args.items(multi=True), *request.form.items(multi=True), ("path", request.path)]
    if any("\0" in value for _, value in typed):
        raise BadRequest


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def check_form_token() -> None:
    """Compare the form's token with the staff session's, in constant time; raise CrossSite."""
    expected = csrf_token()
    if expected is None or request.method in _SAFE:
        return
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise CrossSite
