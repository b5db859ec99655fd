"""How many statements one operation takes: counted in process and apart, so that counting slows no measured round."""

from __future__ import annotations

from collections.abc import Mapping

from flask.testing import FlaskClient
from sqlalchemy import event

from benchmarks.app import application_in
from benchmarks.exchange import Answer, Operation
from benchmarks.rows import Row
from benchmarks.template import Engine
from foundation.web.services import Services


def count(engine: Engine, rows: Mapping[str, Row], environment: Mapping[str, str]) -> dict[str, int]:
    """Return the statements of each row's second operation: the first also notes that its key is in use."""
    counted: list[str] = []
    with engine.copy() as url:
        app = application_in({**environment, "DATABASE_URL": url})
        services: Services = app.extensions["paraphe"]

        @event.listens_for(services.database.engine, "before_cursor_execute")
        def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
            counted.append(statement)

        found = {}
        for name, row in rows.items():
            operations = row.operations(engine.world)
            for _ in range(2):
                counted.clear()
                _run(app.test_client(), next(operations)(0))
            found[name] = len(counted)
        services.database.dispose()
    return found


def _run(browser: FlaskClient, operation: Operation) -> None:
    request = next(operation)
    while True:
        got = browser.open(request.path, method=request.method, data=request.body or None, headers=request.head())
        try:
            request = operation.send(Answer(got.status_code, got.get_data()))
        except StopIteration:
            return
