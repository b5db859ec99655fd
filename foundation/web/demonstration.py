"""The demonstration's mailbox: every mail and SMS that would have left, read from the folder they were written to."""

from __future__ import annotations

import email.policy
import json
import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import cast

from flask import Blueprint, Response, render_template
from markupsafe import Markup, escape
from werkzeug.exceptions import NotFound

from foundation.web.access import everyone, open_to
from foundation.web.services import services

blueprint = Blueprint("demonstration", __name__)

MOST = 100
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Shown:
    """A message as the mailbox shows it; `parts` are the names of its attachments."""

    name: str
    kind: str
    to: str
    subject: str
    text: Markup
    at: datetime
    parts: tuple[str, ...] = ()


@blueprint.get("/demo/boite")
@open_to(everyone)
def mailbox() -> str:
    """List what left, the newest first; exists only where the configuration says «demonstration»."""
    messages = sorted((_read(path) for path in _files()), key=lambda shown: shown.at, reverse=True)
    return render_template("foundation/mailbox.html", messages=messages[:MOST])


@blueprint.get("/demo/boite/<name>/<part>")
@open_to(everyone)
def part(name: str, part: str) -> Response:
    """Return an attachment of a mail."""
    for path in _files():
        if path.name == name and path.suffix == ".eml":
            for attachment in _parts(_parsed(path)):
                if attachment.get_filename() == part:
                    content = attachment.get_payload(decode=True)
                    return Response(cast(bytes, content), mimetype=attachment.get_content_type())
    raise NotFound


def _files() -> list[Path]:
    folder = services().outgoing_folder
    if folder is None or not folder.exists():
        return []
    return [path for path in folder.iterdir() if path.name.endswith((".eml", ".sms.json"))]


def _read(path: Path) -> Shown:
    if path.suffix == ".json":
        sms = json.loads(path.read_text(encoding="utf-8"))
        at = datetime.fromisoformat(sms["at"])
        return Shown(path.name, "sms", sms["to"], "", _linked(sms["text"]), at)
    message = _parsed(path)
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    names = dict.fromkeys(part.get_filename() or "" for part in _parts(message))
    at = parsedate_to_datetime(str(message["Date"]))
    return Shown(path.name, "mail", str(message["To"]), str(message["Subject"]), _linked(text), at, tuple(names))


def _parsed(path: Path) -> EmailMessage:
    return BytesParser(policy=email.policy.default).parsebytes(path.read_bytes())


def _parts(message: EmailMessage) -> list[EmailMessage]:
    return [part for part in message.walk() if part.get_filename()]


def _linked(text: str) -> Markup:
    """Escape the text and make its addresses clickable."""
    shown, position = Markup(), 0
    for found in _ADDRESS.finditer(text):
        shown += escape(text[position : found.start()]) + Markup('<a href="{0}">{0}</a>').format(found.group())
        position = found.end()
    return shown + escape(text[position:])
