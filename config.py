"""The configuration: read from the environment once, complete, typed; it refuses to start when unsafe."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from foundation.keys import MasterKeys
from foundation.messages import (
    FolderMailSender,
    FolderSmsSender,
    HttpSmsSender,
    MailSender,
    SmsSender,
    SmtpMailSender,
)

SHORTEST_KEY = 32
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*", flags=re.ASCII)  # RFC 6750, §2.1: no other can be sent as a bearer token.
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class UnsafeConfig(ValueError):
    """The process must not start like this; the message says what to set."""


@dataclass(frozen=True)
class Config:
    """What differs from one installation to another. `base_url` is what people type, with no slash at its end."""

    database_url: str = field(repr=False)
    master_keys: MasterKeys = field(repr=False)
    base_url: str
    mail_url: str = field(repr=False)
    mail_sender: str
    sms_url: str = field(repr=False)
    sms_token: str = field(default="", repr=False)
    sms_sender: str = ""
    demonstration: bool = False
    embedded_worker: bool = True
    pooler: bool = False
    trusted_proxies: int = 0
    operator_key: str = field(default="", repr=False)
    requests_a_minute: int = 1200
    processes: int = 0
    threads: int = 0
    scanner_patience: int = 1200

    def __post_init__(self) -> None:
        """Refuse what would leak."""
        address = urlsplit(self.base_url)
        if address.scheme not in {"http", "https"} or not address.hostname or self.base_url.endswith("/"):
            raise UnsafeConfig("PARAPHE_BASE_URL is an http(s) address without a slash at its end")
        if address.scheme == "http" and address.hostname not in _LOOPBACK:
            raise UnsafeConfig("PARAPHE_BASE_URL must be https: badges, links and passwords travel there")
        if self.demonstration and address.hostname not in _LOOPBACK:
            raise UnsafeConfig("PARAPHE_DEMO shows passwords: it works on this computer only (127.0.0.1)")
        if self.operator_key and not (len(self.operator_key) >= SHORTEST_KEY and _TOKEN.fullmatch(self.operator_key)):
            told = f"{SHORTEST_KEY} random letters and digits or more (also - . _ ~ + /, and = at its end)"
            raise UnsafeConfig(f"PARAPHE_OPERATOR_KEY makes organisations: {told}")
        if self.requests_a_minute < 0:
            raise UnsafeConfig("PARAPHE_REQUESTS_A_MINUTE is a number, or 0 for no limit")
        if self.trusted_proxies < 0:
            raise UnsafeConfig("PARAPHE_TRUSTED_PROXIES is how many proxies there are, or 0")
        if self.processes < 0 or self.threads < 0:
            raise UnsafeConfig("PARAPHE_PROCESSES and PARAPHE_THREADS are numbers, or 0 to be chosen")
        if self.is_sqlite and self.processes > 1:
            raise UnsafeConfig("PARAPHE_PROCESSES is 1 on SQLite: several writers wait for each other for seconds")
        if self.scanner_patience < 0:
            raise UnsafeConfig("PARAPHE_SCANNER_PATIENCE is a number of milliseconds")
        self.mail()
        self.sms()

    @property
    def is_sqlite(self) -> bool:
        """Say whether the database is a file with one writer."""
        return self.database_url.startswith("sqlite")

    @property
    def serving(self) -> tuple[int, int]:
        """Return how many processes serve, and how many threads each has (docs/decisions/0015)."""
        if self.is_sqlite:
            return 1, self.threads or 8
        return self.processes or os.cpu_count() or 1, self.threads or 4

    def mail(self) -> MailSender:
        """Return the way out for mails."""
        address = urlsplit(self.mail_url)
        if address.scheme == "folder":
            return FolderMailSender(_folder(self.mail_url), self.mail_sender)
        if address.scheme not in {"smtp", "smtps", "smtp+plain"} or not address.hostname:
            raise UnsafeConfig("MAIL_URL is smtp://user:password@host:587, smtps://…, smtp+plain://… or folder:PATH")
        security = {"smtp": "starttls", "smtps": "tls", "smtp+plain": "none"}[address.scheme]
        user = unquote(address.username) if address.username else None
        password = unquote(address.password) if address.password else None
        if security == "none" and (user or address.hostname not in _LOOPBACK):
            raise UnsafeConfig("smtp+plain is for a server on this computer, without a password")
        port = _port(address) or {"starttls": 587, "tls": 465, "none": 25}[security]
        return SmtpMailSender(address.hostname, port, self.mail_sender, security, user, password)

    def sms(self) -> SmsSender:
        """Return the way out for SMS."""
        address = urlsplit(self.sms_url)
        if address.scheme == "folder":
            return FolderSmsSender(_folder(self.sms_url))
        plain_on_loopback = address.scheme == "http" and address.hostname in _LOOPBACK
        if not address.hostname or (address.scheme != "https" and not plain_on_loopback):
            raise UnsafeConfig("SMS_URL is the https address of a gateway that takes a JSON POST, or folder:PATH")
        return HttpSmsSender(self.sms_url, self.sms_token, self.sms_sender)

    @property
    def outgoing_folder(self) -> Path | None:
        """Where a demonstration finds what would have left."""
        return _folder(self.mail_url) if self.mail_url.startswith("folder:") else None


def from_environment(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration; a variable `NAME_FILE` names a file that holds the value of `NAME`."""

    def read(name: str, default: str | None = None) -> str:
        if path := environment.get(f"{name}_FILE"):
            return Path(path).read_text(encoding="utf-8").strip()
        value = environment.get(name, default)
        if value is None:
            raise UnsafeConfig(f"{name} is not set (docs/operations.md says how)")
        return value

    base_url = read("PARAPHE_BASE_URL")
    return Config(
        database_url=read("DATABASE_URL"),
        master_keys=MasterKeys.parse(read("PARAPHE_MASTER_KEYS")),
        base_url=base_url,
        mail_url=read("MAIL_URL"),
        mail_sender=read("MAIL_SENDER", f"ne-pas-repondre@{urlsplit(base_url).hostname or 'localhost'}"),
        sms_url=read("SMS_URL"),
        sms_token=read("SMS_TOKEN", ""),
        sms_sender=read("SMS_SENDER", ""),
        demonstration=_is_on(read("PARAPHE_DEMO", "")),
        embedded_worker=_is_on(read("PARAPHE_EMBEDDED_WORKER", "1")),
        pooler=_is_on(read("DATABASE_POOLER", "")),
        trusted_proxies=int(read("PARAPHE_TRUSTED_PROXIES", "0")),
        operator_key=read("PARAPHE_OPERATOR_KEY", ""),
        requests_a_minute=int(read("PARAPHE_REQUESTS_A_MINUTE", "1200")),
        processes=int(read("PARAPHE_PROCESSES", "0")),
        threads=int(read("PARAPHE_THREADS", "0")),
        scanner_patience=int(read("PARAPHE_SCANNER_PATIENCE", "1200")),
    )


def _folder(url: str) -> Path:
    return Path(url.removeprefix("folder:"))


def _port(address: SplitResult) -> int | None:
    try:
        return address.port
    except ValueError:
        # «None»: the error quotes what stands there, which is a password when a slash in it was not written as %2F.
        raise UnsafeConfig("the port in MAIL_URL is no number (in a user's name or password, / is %2F)") from None


def _is_on(text: str) -> bool:
    return text.strip().lower() in {"1", "yes", "true", "on", "oui"}
