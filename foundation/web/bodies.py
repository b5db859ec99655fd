"""JSON bodies: what cannot be kept as text, or is nested beyond reason, is as unreadable as a missing brace."""

from __future__ import annotations

import json
from typing import Any

from flask.json.provider import DefaultJSONProvider


class CarefulJson(DefaultJSONProvider):
    """Reads JSON and raises ValueError, which Flask answers, for every body that is of no use."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Refuse deep nesting, lone surrogates (which UTF-8 has not) and NUL (which PostgreSQL keeps in no text)."""
        try:
            body = super().loads(s, **kwargs)
            written = json.dumps(body, ensure_ascii=False)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        written.encode()
        if "\\u0000" in written:
            raise ValueError("NUL in a text")
        return body
