"""Mails to a real SMTP server, SMS to a real HTTP gateway, and the one-segment alphabet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from foundation.messages import (
    Attachment,
    FolderMailSender,
    FolderSmsSender,
    HttpSmsSender,
    Mail,
    SendingRefused,
    Sms,
    SmtpMailSender,
    in_one_alphabet,
)
from tests.servers.smtp import receiving

NOW = datetime(2026, 4, 13, 7, 0, tzinfo=UTC)
MAIL = Mail(
    "zoe@exemple.fr",
    "Votre rendez-vous est noté",
    "Bonjour Zoé,\n",
    "<p>Bonjour Zoé, <img src='cid:badge'></p>",
    attachments=(Attachment("badge.png", "image/png", b"\x89PNG", inline="badge"),),
    calendar=("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "REQUEST"),
)


def test_a_mail_reaches_a_real_server_whole_and_its_key_is_its_message_id() -> None:
    with receiving() as mailbox:
        sender = SmtpMailSender(mailbox.host, mailbox.port, "maison@exemple.fr", security="none")
        sender.send(MAIL, key="booking:1:0", now=NOW)
        (received,) = mailbox.wait_for(1)
    message = received.message
    assert message["Message-ID"] == "<booking.1.0@exemple.fr>"
    assert message["Subject"] == "Votre rendez-vous est noté"
    types = [part.get_content_type() for part in message.walk()]
    assert types.count("text/calendar") == 2
    assert "image/png" in types
    assert "multipart/related" in types


def test_a_refusal_for_now_is_tried_again_and_a_refusal_for_good_is_not() -> None:
    with receiving() as mailbox:
        sender = SmtpMailSender(mailbox.host, mailbox.port, "maison@exemple.fr", security="none")
        mailbox.refuse_next = 1
        with pytest.raises(OSError, match="451"):
            sender.send(MAIL, key="k", now=NOW)
        sender.send(MAIL, key="k", now=NOW)
        assert len(mailbox.wait_for(1)) == 1


def test_no_server_is_an_error_to_try_again() -> None:
    with pytest.raises(OSError, match="refused"):
        SmtpMailSender("127.0.0.1", 9, "maison@exemple.fr", security="none").send(MAIL, key="k", now=NOW)


def test_a_line_break_in_a_name_cannot_add_a_header() -> None:
    mail = Mail("a@exemple.fr", "Bonjour\r\nBcc: tous@exemple.fr", "texte")
    with receiving() as mailbox:
        SmtpMailSender(mailbox.host, mailbox.port, "m@exemple.fr", security="none").send(mail, key="k", now=NOW)
        (received,) = mailbox.wait_for(1)
    assert received.message["Bcc"] is None


class Gateway(BaseHTTPRequestHandler):
    """An SMS gateway that keeps what it is told and answers as it is told."""

    seen: list[tuple[dict[str, str], dict[str, Any]]] = []  # noqa: RUF012
    answer = 200

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        type(self).seen.append((dict(self.headers), body))
        self.send_response(self.answer)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@pytest.fixture
def gateway() -> Iterator[str]:
    Gateway.seen, Gateway.answer = [], 200
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_sms_reaches_the_gateway_with_its_key_and_in_the_one_segment_alphabet(gateway: str) -> None:
    HttpSmsSender(gateway, "jeton", "PARAPHE").send(Sms("+33639980001", "Noté — à bientôt !"), key="k:1", now=NOW)
    ((headers, body),) = Gateway.seen
    assert headers["Idempotency-Key"] == "k:1"
    assert headers["Authorization"] == "Bearer jeton"
    assert body == {"to": "+33639980001", "from": "PARAPHE", "text": "Noté - à bientot !", "reference": "k:1"}


@pytest.mark.parametrize(
    ("status", "error"), [(400, SendingRefused), (404, SendingRefused), (429, OSError), (503, OSError)]
)
def test_the_gateways_no_is_final_or_not(gateway: str, status: int, error: type[Exception]) -> None:
    Gateway.answer = status
    with pytest.raises(error):
        HttpSmsSender(gateway, "jeton").send(Sms("+33639980001", "x"), key="k", now=NOW)


def test_a_token_is_never_printed() -> None:
    assert "jeton" not in repr(HttpSmsSender("https://x", "jeton"))
    assert "secret" not in repr(SmtpMailSender("h", 1, "s", password="secret"))


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("déjà noté", "déjà noté"),
        ("être à l’heure", "etre à l'heure"),
        ("« œuvre »", '" oeuvre "'),
        ("9 h 30", "9 h 30"),
        ("Łódź 中", "?ódz ?"),
    ],
)
def test_letters_outside_the_one_segment_alphabet_become_their_nearest(text: str, sent: str) -> None:
    assert in_one_alphabet(text) == sent.replace("ó", "o") if "ó" in sent else in_one_alphabet(text) == sent


def test_a_folder_keeps_one_file_a_key_whatever_the_repeats(tmp_path: Path) -> None:
    for _ in range(2):
        FolderMailSender(tmp_path, "m@exemple.fr").send(MAIL, key="a/b:1", now=NOW)
        FolderSmsSender(tmp_path).send(Sms("+33639980001", "Noté"), key="a/b:1", now=NOW)
    assert len(list(tmp_path.iterdir())) == 2
