"""Static files leave compressed, so that a page of the public flow weighs little on an old telephone.

Pages themselves are not compressed: they hold capabilities beside words of the visitor, which is what BREACH needs.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

_WORTH_IT = {"text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/wasm"}


@lru_cache(maxsize=64)
def _compressed(_etag: str, content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def compress_static_files(app: Flask) -> None:
    """Compress what is static, text-like and asked for compressed; once a version of a file."""

    @app.after_request
    def compress(response: Response) -> Response:
        is_static = request.endpoint is not None and request.endpoint.endswith("static")
        if not is_static or response.mimetype not in _WORTH_IT:
            return response
        response.headers.add("Vary", "Accept-Encoding")
        etag, _ = response.get_etag()
        if response.status_code != 200 or etag is None or not request.accept_encodings["gzip"]:  # noqa: PLR2004
            return response
        response.direct_passthrough = False
        response.set_data(_compressed(etag, response.get_data()))
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(etag, weak=True)
        return response
