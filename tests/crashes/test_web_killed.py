"""The web processes are killed (-9) under load: what was acknowledged is there, and a retry makes no second one."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from booking.models import Appointment
from tests.crashes.audit import connected, faults, told
from tests.crashes.load import CLIENTS
from tests.crashes.moments import committed_and_not_told, half_written, is_writing
from tests.crashes.ordeal import under_load
from tests.servers.postgres import Server

KILLED_AT = (6, 18, 30)
"""So many appointments are acknowledged by then."""


def test_killed_and_started_again_the_whole_server_has_lost_nothing_and_done_nothing_twice(
    database_url: str, tmp_path: Path
) -> None:
    processes = 1 if database_url.startswith("sqlite") else 2
    with under_load(database_url, tmp_path, processes=processes) as (server, ledger):
        for goal in KILLED_AT:
            ledger.wait_for_appointments(goal)
            server.kill(when=lambda: is_writing(database_url))
            # Nobody writes any more: beyond what was told there is at most what each client still waits for.
            assert faults(database_url, told(ledger), unanswered=CLIENTS) == []
            server.start()
    assert "unexpected in" not in server.log


def test_one_of_several_processes_is_killed_the_others_go_on_and_nothing_is_lost(
    own_postgres: Server, tmp_path: Path
) -> None:
    with under_load(own_postgres.url(), tmp_path, processes=2) as (server, ledger):
        for goal in KILLED_AT:
            ledger.wait_for_appointments(goal)
            server.kill_one_process()
    assert "unexpected in" not in server.log


def test_killed_in_the_middle_of_an_appointment_nothing_of_it_is_left_and_just_after_it_all(
    own_postgres: Server, tmp_path: Path
) -> None:
    url = own_postgres.url()
    with under_load(url, tmp_path, processes=2) as (server, ledger):
        ledger.wait_for_appointments(KILLED_AT[0])
        with half_written(url) as before:
            server.kill()
        with connected(url) as db:
            assert set(db.scalars(select(Appointment.id))) == before
        server.start()
        ledger.wait_for_appointments(KILLED_AT[1])
        with committed_and_not_told(own_postgres):
            server.kill()
        assert faults(url, told(ledger), unanswered=CLIENTS) == []
        server.start()
    assert ledger.unheard, "somebody was told at the second time what the first had done"
