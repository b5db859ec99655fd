"""PostgreSQL stops at once under load and starts again: what was acknowledged is there, and once."""

from __future__ import annotations

from pathlib import Path

from tests.crashes.load import CLIENTS
from tests.crashes.moments import committed_and_not_told
from tests.crashes.ordeal import under_load
from tests.servers.postgres import Server


def test_stopped_at_once_and_started_again_postgresql_has_lost_nothing_and_the_web_goes_on(
    own_postgres: Server, tmp_path: Path
) -> None:
    with under_load(own_postgres.url(), tmp_path, processes=2) as (server, ledger):
        ledger.wait_for_appointments(6)
        serving = server.processes()
        own_postgres.stop_at_once()
        ledger.wait_for_failures(CLIENTS)
        own_postgres.start()
        ledger.wait_for_appointments(18)
        with committed_and_not_told(own_postgres):
            own_postgres.stop_at_once()
            ledger.wait_for_failures(CLIENTS)
            own_postgres.start()
        ledger.wait_for_appointments(30)
        assert server.processes() == serving
    assert ledger.unheard, "somebody was told at the second time what the first had done"
