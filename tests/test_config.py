"""It refuses to start when unsafe or incomplete, and the message says what to set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from config import UnsafeConfig, from_environment
from foundation.keys import new_master_key
from foundation.messages import FolderMailSender, HttpSmsSender, SmtpMailSender

KEY = new_master_key()
GOOD = {
    "DATABASE_URL": "postgresql+psycopg://paraphe:tres-secret@localhost/paraphe",
    "PARAPHE_MASTER_KEYS": KEY,
    "PARAPHE_BASE_URL": "https://rdv.exemple.fr",
    "MAIL_URL": "smtp://maison:mot%20de%20passe@smtp.exemple.fr",
    "SMS_URL": "https://sms.exemple.fr/envois",
    "SMS_TOKEN": "jeton",
}


def test_a_complete_environment_is_read_once_and_typed() -> None:
    config = from_environment(GOOD)
    mail, sms = config.mail(), config.sms()
    assert isinstance(mail, SmtpMailSender)
    assert (mail.port, mail.security, mail.password) == (587, "starttls", "mot de passe")
    assert isinstance(sms, HttpSmsSender)
    assert config.mail_sender == "ne-pas-repondre@rdv.exemple.fr"
    assert config.embedded_worker
    assert not config.demonstration


@pytest.mark.parametrize("name", ["DATABASE_URL", "PARAPHE_MASTER_KEYS", "PARAPHE_BASE_URL", "MAIL_URL", "SMS_URL"])
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(UnsafeConfig, match=name):
        from_environment({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PARAPHE_BASE_URL", "http://rdv.exemple.fr"),
        ("PARAPHE_BASE_URL", "https://rdv.exemple.fr/"),
        ("PARAPHE_BASE_URL", "rdv.exemple.fr"),
        ("MAIL_URL", "smtp+plain://smtp.exemple.fr"),
        ("MAIL_URL", "https://smtp.exemple.fr"),
        ("SMS_URL", "http://sms.exemple.fr"),
        ("SMS_URL", "ftp://sms.exemple.fr"),
        ("PARAPHE_DEMO", "1"),
    ],
)
def test_what_would_leak_is_refused(name: str, value: str) -> None:
    with pytest.raises(UnsafeConfig):
        from_environment({**GOOD, name: value})


def test_a_secret_may_come_from_a_file_and_is_never_printed(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text(KEY + "\n")
    environment = {**GOOD, "PARAPHE_MASTER_KEYS_FILE": str(tmp_path / "keys")}
    del environment["PARAPHE_MASTER_KEYS"]
    said = repr(from_environment(environment))
    for secret in (KEY, "tres-secret", "jeton", "mot de passe", "mot%20de%20passe"):
        assert secret not in said


def test_a_password_that_breaks_its_address_is_not_told_by_the_refusal() -> None:
    with pytest.raises(UnsafeConfig, match="MAIL_URL") as refused:
        from_environment({**GOOD, "MAIL_URL": "smtp://maison:tres/secret@smtp.exemple.fr"})
    assert "tres" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_a_number_of_proxies_is_no_less_than_none() -> None:
    with pytest.raises(UnsafeConfig, match="PARAPHE_TRUSTED_PROXIES"):
        from_environment({**GOOD, "PARAPHE_TRUSTED_PROXIES": "-1"})


def test_folders_are_for_development() -> None:
    assert isinstance(from_environment({**GOOD, "MAIL_URL": "folder:/tmp/x"}).mail(), FolderMailSender)


def test_sqlite_is_served_by_one_process_and_postgresql_by_as_many_as_there_are_cores() -> None:
    on_sqlite = {**GOOD, "DATABASE_URL": "sqlite:////srv/paraphe.sqlite3"}
    assert from_environment(on_sqlite).serving == (1, 8)
    assert from_environment(GOOD).serving == (os.cpu_count(), 4)
    assert from_environment({**GOOD, "PARAPHE_PROCESSES": "3", "PARAPHE_THREADS": "1"}).serving == (3, 1)
    with pytest.raises(UnsafeConfig, match="PARAPHE_PROCESSES is 1 on SQLite"):
        from_environment({**on_sqlite, "PARAPHE_PROCESSES": "2"})
    with pytest.raises(UnsafeConfig, match="PARAPHE_THREADS"):
        from_environment({**GOOD, "PARAPHE_THREADS": "-1"})


def test_a_scanner_on_a_slow_line_may_wait_longer_for_the_server() -> None:
    assert from_environment(GOOD).scanner_patience == 1200
    assert from_environment({**GOOD, "PARAPHE_SCANNER_PATIENCE": "3000"}).scanner_patience == 3000
    with pytest.raises(UnsafeConfig, match="PARAPHE_SCANNER_PATIENCE"):
        from_environment({**GOOD, "PARAPHE_SCANNER_PATIENCE": "-1"})


def test_an_operators_key_is_long_and_a_limit_is_no_less_than_none() -> None:
    assert from_environment({**GOOD, "PARAPHE_OPERATOR_KEY": "k" * 32}).operator_key == "k" * 32
    with pytest.raises(UnsafeConfig, match="PARAPHE_OPERATOR_KEY"):
        from_environment({**GOOD, "PARAPHE_OPERATOR_KEY": "short"})
    for unsendable in ("k=" * 16, "k " * 16 + "k", "é" * 32):
        with pytest.raises(UnsafeConfig, match="PARAPHE_OPERATOR_KEY"):
            from_environment({**GOOD, "PARAPHE_OPERATOR_KEY": unsendable})
    assert from_environment({**GOOD, "PARAPHE_OPERATOR_KEY": "-._~+/9A" * 5 + "=="}).operator_key
    with pytest.raises(UnsafeConfig, match="PARAPHE_REQUESTS_A_MINUTE"):
        from_environment({**GOOD, "PARAPHE_REQUESTS_A_MINUTE": "-1"})
    assert "k" * 32 not in repr(from_environment({**GOOD, "PARAPHE_OPERATOR_KEY": "k" * 32}))
