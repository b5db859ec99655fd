"""The first day without a demonstration, by the command and its first log-in."""

from __future__ import annotations

from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from directory.models import Agent, Organisation, SigningKey
from foundation.database import EVERY_ORGANISATION, Database
from foundation.keys import new_master_key
from wsgi import cli

ANSWERS = [
    "Entraide du Port",
    "entraide-du-port",
    "3 quai Louis XVIII, 33000 Bordeaux",
    "81234567800023",
    "",
    "",
    "",
    "05 56 01 02 04",
    "contact@entraide.example",
    "Odile Marty",
    "odile@entraide.example",
    "une phrase assez longue",
    "une phrase assez longue",
]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": f"sqlite:///{tmp_path}/first.sqlite3",
        "PARAPHE_MASTER_KEYS": new_master_key(),
        "PARAPHE_BASE_URL": "https://rdv.exemple.fr",
        "MAIL_URL": f"folder:{tmp_path}/out",
        "SMS_URL": f"folder:{tmp_path}/out",
    }


def test_one_command_makes_the_schema_the_organisation_and_its_first_manager(environment: dict[str, str]) -> None:
    done = CliRunner().invoke(cli, ["organisation", "found"], input="\n".join(ANSWERS) + "\n", env=environment)
    assert done.exit_code == 0, done.output
    assert "https://rdv.exemple.fr/o/entraide-du-port" in done.output
    secret = done.output.rpartition("Sans appareil photo : ")[2].strip()
    assert len(pyotp.TOTP(secret).now()) == 6
    assert "une phrase assez longue" not in done.output
    database = Database(environment["DATABASE_URL"])
    with database.reading(EVERY_ORGANISATION) as db:
        assert db.scalars(select(Organisation.name)).all() == ["Entraide du Port"]
        assert db.scalars(select(Agent.email)).all() == ["odile@entraide.example"]
        assert db.scalars(select(SigningKey.number)).all() == [1]
    database.dispose()


def test_a_second_organisation_under_the_same_address_is_refused_with_a_sentence(environment: dict[str, str]) -> None:
    runner, typed = CliRunner(), "\n".join(ANSWERS) + "\n"
    first = runner.invoke(cli, ["organisation", "found"], input=typed, env=environment)
    second = runner.invoke(cli, ["organisation", "found"], input=typed, env=environment)
    assert (first.exit_code, second.exit_code) == (0, 1)
    assert "déjà" in second.output
    assert "Traceback" not in second.output


def test_one_command_renews_the_key_of_the_badges(environment: dict[str, str]) -> None:
    runner = CliRunner()
    runner.invoke(cli, ["organisation", "found"], input="\n".join(ANSWERS) + "\n", env=environment)
    renewed = runner.invoke(cli, ["organisation", "rotate-key", "--slug", "entraide-du-port"], env=environment)
    assert "n° 2" in renewed.output
    unknown = runner.invoke(cli, ["organisation", "rotate-key", "--slug", "rien"], env=environment)
    assert unknown.exit_code == 1
    assert "pas de structure" in unknown.output
    database = Database(environment["DATABASE_URL"])
    with database.reading(EVERY_ORGANISATION) as db:
        assert db.scalars(select(SigningKey.number).order_by(SigningKey.number)).all() == [1, 2]
    database.dispose()


@pytest.mark.parametrize(
    "words", ["", "run", "worker", "demo", "db upgrade", "organisation found", "organisation rotate-key"]
)
def test_every_command_explains_itself(words: str) -> None:
    done = CliRunner().invoke(cli, [*words.split(), "--help"])
    assert done.exit_code == 0
    assert "Usage:" in done.output


def test_an_incomplete_configuration_is_a_sentence(environment: dict[str, str]) -> None:
    del environment["MAIL_URL"]
    done = CliRunner().invoke(cli, ["db", "upgrade"], env={**environment, "MAIL_URL": None})
    assert done.exit_code == 1
    assert "MAIL_URL is not set" in done.output
