"""A real SMTP server that keeps what it receives, and fails in the ways that real ones do."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.web import LOOPBACK, free_port


@dataclass(frozen=True)
class Received:
    """One message as it came: who the envelope names, and what the message says."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class Mailbox:
    """What the server got so far. The three settings may be changed while it runs."""

    def __init__(self, port: int) -> None:
        self.host = LOOPBACK
        self.port = port
        self.refuse_next = 0
        """So many messages are refused for now (451) and not kept."""
        self.hang_up_next = 0
        """So many messages are kept, but the line drops before the sender is told: it cannot know."""
        self.before_telling: Callable[[], None] = lambda: None
        """Called for each message that is kept, before the sender is told."""
        self._received: list[Received] = []
        self._arrival = threading.Condition()

    @property
    def received(self) -> tuple[Received, ...]:
        with self._arrival:
            return tuple(self._received)

    def wait_for(self, count: int, *, seconds: float = 10) -> tuple[Received, ...]:
        """All that was received, once there are `count`; the test fails when they do not come in time."""
        with self._arrival:
            came = self._arrival.wait_for(lambda: len(self._received) >= count, seconds)
            assert came, f"{len(self._received)} of {count} messages came in {seconds} seconds"
            return tuple(self._received)

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        """Called by the server for each message, from its own thread."""
        if self.refuse_next:
            self.refuse_next -= 1
            return "451 Try again later"
        self._keep(envelope)
        self.before_telling()
        if self.hang_up_next and server.transport is not None:
            self.hang_up_next -= 1
            server.transport.close()
        return "250 Kept"

    def _keep(self, envelope: Envelope) -> None:
        content = envelope.content
        message = message_from_bytes(content if isinstance(content, bytes) else b"", policy=policy.default)
        kept = Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), message)
        with self._arrival:
            self._received.append(kept)
            self._arrival.notify_all()


@contextmanager
def receiving() -> Iterator[Mailbox]:
    """A server on a free port for as long as the block lasts."""
    mailbox = Mailbox(free_port())
    controller = Controller(mailbox, hostname=mailbox.host, port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
