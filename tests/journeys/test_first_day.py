"""The example of the documentation, run as a reader would: a program of its own, people who type what they received."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from foundation.clock import ManualClock
from tests.house import OPERATOR_KEY, House, config_for
from tests.servers.web import base_url, free_port, serving

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "first_day.py"


def received(house: House, address: str, pattern: str) -> str:
    """The last thing of this form that was sent to an address or a telephone."""
    house.worker.run_until_empty()
    letters = [(mail.to, mail.text) for _, mail in house.mails] + [(sms.to, sms.text) for _, sms in house.texts]
    found = [match for to, text in letters if to == address for match in re.findall(pattern, text)]
    assert found, (address, [to for to, _ in letters])
    return str(found[-1])


def test_the_example_goes_from_nothing_to_a_sheet(database_url: str, tmp_path: Path) -> None:
    port, sheet = free_port(), tmp_path / "sheet.pdf"
    # The story happens now, because the example reads the clock of whoever runs it.
    clock = ManualClock(datetime.now(UTC))
    with House(config_for(database_url, base_url(port)), clock) as house, serving(house.app, port) as address:
        said = tell([sys.executable, str(EXAMPLE), address, str(sheet)], answers_of(house))
    assert "Scanned: signed (Camille Durand)" in said
    assert "Signed from afar: signed" in said
    assert "Countersigned: 2 heads" in said
    assert "On the sheet: Amadou Diallo, Camille Durand" in said
    assert sheet.read_bytes().startswith(b"%PDF-")


def answers_of(house: House) -> dict[str, Callable[[], str]]:
    """What the people of the story type when they are asked."""
    return {
        "The operator's key": lambda: OPERATOR_KEY,
        "The link that Amadou received by mail": lambda: received(
            house, "amadou.diallo@courriel.example", r"https?://\S+/signer/\S+"
        ),
        "The code that Amadou received by sms": lambda: received(house, "+33639980002", r"\b\d{6}\b"),
        "The link that Élodie received by mail": lambda: received(
            house, "elodie.grondin@formation.example", r"https?://\S+/contresigner/\S+"
        ),
    }


def tell(command: list[str], answers: dict[str, Callable[[], str]]) -> str:
    """Run an example, and type for its people what they received."""
    said = []
    with subprocess.Popen(  # noqa: S603 - our own example
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    ) as example:
        assert example.stdin is not None
        assert example.stdout is not None
        for line in example.stdout:
            said.append(line.rstrip("\n"))
            answer = answers.get(said[-1].removesuffix(":"))
            if answer is not None:
                example.stdin.write(f"{answer()}\n")
                example.stdin.flush()
    assert example.returncode == 0, "\n".join(said)
    return "\n".join(said)
