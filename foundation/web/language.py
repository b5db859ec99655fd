"""Which language this page is in: the one chosen by the footer's button, else the browser's, else French."""

from __future__ import annotations

from typing import cast

from flask import g, request

from foundation.web.services import services
from foundation.wording import DEFAULT_LANGUAGE, LANGUAGES

COOKIE = "langue"


def locale() -> str:
    """Return `fr` or `en` for this request."""
    if "locale" not in g:
        chosen = request.cookies.get(COOKIE)
        best = request.accept_languages.best_match(LANGUAGES, DEFAULT_LANGUAGE)
        g.locale = chosen if chosen in LANGUAGES else best
    return cast(str, g.locale)


def say(key: str, **values: object) -> str:
    """Return a sentence in the language of this page."""
    return services().wording.say(locale(), key, **values)
