"""The outbox's worker is killed (-9) while it sends: every letter leaves, and a repeat is the same letter."""

from __future__ import annotations

import os
import signal
import subprocess
from collections import Counter
from pathlib import Path

from foundation.ids import from_text
from foundation.worker import LEASE
from tests.api import asking
from tests.crashes.ordeal import arrived, confirmations, key_of, leaving
from tests.crashes.production import IN_TIME, start
from tests.crashes.scene import Scene, environment, furnish, house_now, made
from tests.servers.smtp import receiving
from tests.servers.web import free_port

BOOKED = 36
KILLED_AT = (4, 12, 20)
"""So many letters have arrived by then, the last of them not yet acknowledged."""


def test_killed_before_it_could_note_what_it_sent_the_worker_sends_it_again_with_the_same_key(
    database_url: str, tmp_path: Path
) -> None:
    scene = furnish(database_url)
    booked = book(scene)
    unheard = []
    with receiving() as mailbox:
        settings = environment(database_url, free_port(), mailbox, tmp_path)
        for goal in KILLED_AT:
            worker = start(settings, tmp_path / "worker.log", "worker")

            def kill(worker: subprocess.Popen[bytes] = worker, goal: int = goal) -> None:
                if len(mailbox.received) >= goal:
                    os.kill(worker.pid, signal.SIGKILL)

            mailbox.before_telling = kill
            try:
                assert worker.wait(IN_TIME) == -signal.SIGKILL
            finally:
                worker.kill()
                worker.wait()
            unheard.append(key_of(mailbox.received[-1]))
        before = arrived(mailbox)
    # What the killed had taken is nobody else's until its lease has run out; all else leaves at once.
    then, after = leaving(database_url), leaving(database_url, later=LEASE)
    assert all((before, then, after))
    sent = before + then + after
    assert set(sent) == confirmations(booked)
    assert sent - Counter(confirmations(booked)) == Counter(unheard), "once more is sent what each did not note"


def book(scene: Scene) -> list[int]:
    """Have staff book for many people, and return the appointments."""
    booked = []
    with house_now(scene.url) as house:
        program = asking(house, scene.key)
        for number, one in enumerate(scene.starts[:BOOKED]):
            person = {"first_name": "Zoé", "last_name": "Martin", "email": f"zoe{number}@exemple.example"}
            answer = program.post("/appointments/by-staff", {**scene.place(one), "person": person})
            booked.append(from_text(made(answer)["id"]))
    return booked
