"""What every page has: templates of all packages, sentences, dates, and the guards around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial, update_wrapper
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request
from jinja2 import FileSystemLoader, PrefixLoader, StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from foundation import ids, times
from foundation.web import access, bodies, compression, errors, language, pages, protection, uploads
from foundation.web.services import Services

MOST_BYTES = 1_000_000


def dress(app: Flask, plugged: Services, template_folders: Mapping[str, Path]) -> None:
    """Give a bare Flask application the guards, the errors, the templates and the globals of the house."""
    app.extensions["paraphe"] = plugged
    app.url_map.converters["id"] = pages.IdConverter
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.json = bodies.CarefulJson(app)
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 3600
    app.jinja_env.loader = PrefixLoader({name: FileSystemLoader(folder) for name, folder in template_folders.items()})
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(
        say=language.say,
        csrf_token=protection.csrf_token,
        day_of=lambda day: times.say_day(day, language.locale()),
        full_day_of=lambda day: times.say_day_and_year(day, language.locale()),
        hour_of=_hour_of,
        moment_of=_moment_of,
        local_of=lambda instant, zone: times.local(instant, zone).date(),
        id_of=ids.to_text,
    )
    app.context_processor(_of_this_request)
    uploads.allow_files(app)
    protection.protect(app)
    access.guard(app)
    app.before_request(protection.check_form_token)
    errors.map_errors(app)
    compression.compress_static_files(app)
    if plugged.trusted_proxies:
        trusted = plugged.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)  # type: ignore[method-assign]
    app.register_blueprint(pages.blueprint)


def open_static_files(app: Flask) -> None:
    """Open every package's static folder to everyone; they hold nothing of anybody."""
    for endpoint, view in list(app.view_functions.items()):
        if endpoint.endswith("static"):
            # Flask's own view is a method, which cannot be marked; whoever counts requests asks a view for its name.
            named: Callable[..., Any] = update_wrapper(partial(view), view)
            app.view_functions[endpoint] = access.open_to(access.everyone)(named)


def _of_this_request() -> dict[str, object]:
    return {
        "locale": language.locale(),
        "organisation": g.get("organisation"),
        "home_url": g.get("home_url", "/"),
        "phone_to_call": g.get("phone_to_call"),
        "here": _here(),
        "may": _may,
    }


def _may(permission: str) -> bool:
    actor = g.get("actor")
    return actor is not None and actor.may(permission)


def _here() -> str:
    # Where the language button comes back to: this page with its filters, or home after a form that has no page.
    if request.method in {"GET", "HEAD"}:
        return request.full_path.rstrip("?")
    try:
        current_app.url_map.bind("").match(request.path, method="GET")
    except HTTPException:
        return str(g.get("home_url", "/"))
    return request.path


def _hour_of(instant: datetime, zone: str) -> str:
    return times.say_hour(times.local(instant, zone), language.locale())


def _moment_of(instant: datetime, zone: str) -> str:
    return times.say_moment(instant, zone, language.say, language.locale())
