"""What leaves the house: mails and SMS as values, and the ways out for them."""

from __future__ import annotations

import json
import smtplib
import ssl
import unicodedata
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from pathlib import Path
from typing import Protocol

TIMEOUT_SECONDS = 15

# The GSM 7-bit default alphabet (3GPP TS 23.038, §6.2.1): a text made of these 128 characters fits 160 in one SMS.
_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_REPLACED = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "œ": "oe",
        "Œ": "OE",
    }
)
SEGMENT = 160


class SendingRefused(Exception):
    """The other side will never take this message: trying again is useless."""


@dataclass(frozen=True)
class Attachment:
    """A file in a mail; with `inline`, a picture that the HTML shows as `cid:<inline>`."""

    filename: str
    media_type: str
    content: bytes
    inline: str | None = None


@dataclass(frozen=True)
class Mail:
    """A mail before it has a sender; `calendar` is an iCalendar text (RFC 5545) and its method (RFC 5546)."""

    to: str
    subject: str
    text: str
    html: str | None = None
    sender_name: str | None = None
    attachments: tuple[Attachment, ...] = ()
    calendar: tuple[str, str] | None = None


@dataclass(frozen=True)
class Sms:
    """A text message; `to` is a number in E.164."""

    to: str
    text: str


class MailSender(Protocol):
    """A way out for mails."""

    def send(self, mail: Mail, *, key: str, now: datetime) -> None:
        """Send; `key` makes a repeat recognisable. Raises SendingRefused, or OSError to be tried again."""


class SmsSender(Protocol):
    """A way out for SMS."""

    def send(self, sms: Sms, *, key: str, now: datetime) -> None:
        """Send; `key` makes a repeat recognisable. Raises SendingRefused, or OSError to be tried again."""


def in_one_alphabet(text: str) -> str:
    """Return `text` in the one-segment alphabet: `ê` becomes `e`, `’` becomes `'`, what has no equal becomes `?`."""
    letters = []
    for letter in unicodedata.normalize("NFC", text).translate(_REPLACED):
        if letter in _GSM:
            letters.append(letter)
            continue
        plain = "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))
        letters.append("".join(c if c in _GSM else "?" for c in plain))
    return "".join(letters)


def as_email(mail: Mail, *, sender: str, key: str, now: datetime) -> EmailMessage:
    """Return the MIME message (RFC 5322); its Message-ID is made of `key`, so that a repeat is recognisable."""
    message = EmailMessage()
    domain = sender.rpartition("@")[2]
    message["From"] = formataddr((mail.sender_name, sender)) if mail.sender_name else sender
    message["To"] = mail.to
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{key.replace(':', '.')}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
        html = message.get_payload()[-1]  # type: ignore[index]
        for picture in (one for one in mail.attachments if one.inline):
            main, _, sub = picture.media_type.partition("/")
            html.add_related(  # type: ignore[union-attr]
                picture.content,
                main,
                sub,
                cid=f"<{picture.inline}>",
                filename=picture.filename,
                disposition="inline",
            )
    if mail.calendar is not None:
        text, method = mail.calendar
        message.add_alternative(text, subtype="calendar", params={"method": method})
        message.add_attachment(text, subtype="calendar", filename="rendez-vous.ics", params={"method": method})
    for attachment in (one for one in mail.attachments if not one.inline):
        main, _, sub = attachment.media_type.partition("/")
        message.add_attachment(attachment.content, main, sub, filename=attachment.filename)
    return message


@dataclass(frozen=True)
class SmtpMailSender:
    """Mail by SMTP (RFC 5321), in clear text only when `security` says so."""

    host: str
    port: int
    sender: str
    security: str = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def send(self, mail: Mail, *, key: str, now: datetime) -> None:
        """Deliver to the server; an answer in the 500s is final, one in the 400s is not."""
        message = as_email(mail, sender=self.sender, key=key, now=now)
        try:
            with self._connection() as connection:
                connection.send_message(message, self.sender, [mail.to])
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            _raise_by_code(max(codes, default=550), error)
        except smtplib.SMTPResponseException as error:
            _raise_by_code(error.smtp_code, error)
        except smtplib.SMTPNotSupportedError as error:
            # An address beyond ASCII (RFC 6531) and a server that does not know it: no later try will help.
            raise SendingRefused("smtp: not supported") from error
        except smtplib.SMTPException as error:
            raise OSError(type(error).__name__) from error

    def _connection(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        if self.security == "starttls":
            connection.starttls(context=context)
        if self.user is not None and self.password is not None:
            connection.login(self.user, self.password)
        return connection


def _raise_by_code(code: int, error: smtplib.SMTPException) -> None:
    if code >= 500:  # noqa: PLR2004 - RFC 5321, §4.2.1: 5yz is a permanent negative completion
        raise SendingRefused(f"smtp {code}") from error
    raise OSError(f"smtp {code}") from error


@dataclass(frozen=True)
class HttpSmsSender:
    """SMS by any gateway that takes a JSON POST; the key travels as `Idempotency-Key` and as `reference`."""

    url: str
    token: str = field(repr=False)
    sender: str = ""

    def send(self, sms: Sms, *, key: str, now: datetime) -> None:  # noqa: ARG002 - the gateway dates it
        """POST the message; an answer in the 400s (but 408 and 429) is final."""
        body = json.dumps({"to": sms.to, "from": self.sender, "text": in_one_alphabet(sms.text), "reference": key})
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": key,
        }
        request = urllib.request.Request(self.url, body.encode(), headers)  # noqa: S310 - Config allows http(s) only
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):  # noqa: S310
                return
        except urllib.error.HTTPError as error:
            if error.code in {408, 429} or error.code >= 500:  # noqa: PLR2004
                raise OSError(f"http {error.code}") from error
            raise SendingRefused(f"http {error.code}") from error


@dataclass(frozen=True)
class FolderMailSender:
    """For development and the demonstration: each mail is a file, named by its key, so a repeat overwrites itself."""

    folder: Path
    sender: str

    def send(self, mail: Mail, *, key: str, now: datetime) -> None:
        """Write the whole MIME message."""
        message = as_email(mail, sender=self.sender, key=key, now=now)
        _write(self.folder, f"{key}.eml", message.as_bytes())


@dataclass(frozen=True)
class FolderSmsSender:
    """For development and the demonstration: each SMS is a small JSON file."""

    folder: Path

    def send(self, sms: Sms, *, key: str, now: datetime) -> None:
        """Write what the gateway would have been told."""
        content: Mapping[str, str] = {"to": sms.to, "text": in_one_alphabet(sms.text), "at": now.isoformat()}
        _write(self.folder, f"{key}.sms.json", json.dumps(content, ensure_ascii=False).encode())


def _write(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    final = folder / urllib.parse.quote(name, safe="")
    partial = final.with_suffix(final.suffix + ".partial")
    partial.write_bytes(content)
    partial.replace(final)
