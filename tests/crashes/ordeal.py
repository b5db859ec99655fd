"""A server under load while a test breaks something, and what has to be true once everybody was told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from foundation.worker import LEASE
from tests.crashes.audit import faults, told, unkept
from tests.crashes.load import Ledger, driving
from tests.crashes.production import WebServer
from tests.crashes.scene import environment, furnish, house_now
from tests.servers.smtp import Mailbox, Received, receiving
from tests.servers.web import free_port

LATER = LEASE + timedelta(hours=1)
"""When every lease of the killed has run out, and whatever failed is due again."""


@contextmanager
def under_load(url: str, folder: Path, *, processes: int) -> Iterator[tuple[WebServer, Ledger]]:
    """Serve and have the clients book while the block runs; then look whether all that was told is true, and no more.

    The outbox's worker runs inside each serving process, and is killed with it.
    """
    scene, port = furnish(url), free_port()
    with receiving() as mailbox:
        settings = environment(url, port, mailbox, folder, processes=processes)
        with WebServer(settings, port, folder / "server.log") as server, driving(scene, port) as ledger:
            yield server, ledger
        assert len(ledger.appointments) == len(scene.starts), f"each start is booked: {ledger}"
        assert ledger.failures, "the clients have noticed"
        assert faults(url, told(ledger)) == [], f"{ledger}"
        sent = arrived(mailbox) + leaving(url, later=LATER)
        assert set(sent) == confirmations(told(ledger).appointments)


def arrived(mailbox: Mailbox) -> Counter[str]:
    """Count how often each letter has arrived, by its key."""
    return Counter(key_of(received) for received in mailbox.received)


def key_of(letter: Received) -> str:
    """Return the key of a letter, as it stands in its `Message-ID`."""
    key: str = letter.message["Message-ID"].strip("<>").rpartition("@")[0]
    return key


def leaving(url: str, *, later: timedelta = timedelta(0)) -> Counter[str]:
    """Have one worker do all that is due some time from now; count what leaves, by its key."""
    with house_now(url, later=later) as house:
        house.worker.run_until_empty()
        if later:
            assert unkept(url, now=house.now) == []
        return Counter(key.replace(":", ".") for key, _ in house.mails)


def confirmations(appointments: Iterable[int]) -> set[str]:
    """Return the keys of the letters that say that these are booked."""
    return {f"booking.confirmation-mail.{one}.0" for one in appointments}
