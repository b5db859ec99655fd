"""The first day without a demonstration, by the command and its first log-in."""

from __future__ import annotations

from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from directory.domain.holidays import HolidayCalendar
from directory.domain.permissions import Permission
from directory.models import Agent, ApiKey, Organisation, SigningKey
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


def test_the_organisation_has_the_holidays_of_its_territory(environment: dict[str, str]) -> None:
    there = ["organisation", "found", "--holiday-calendar", "la-reunion"]
    done = CliRunner().invoke(cli, there, input="\n".join(ANSWERS) + "\n", env=environment)
    assert done.exit_code == 0, done.output
    database = Database(environment["DATABASE_URL"])
    with database.reading(EVERY_ORGANISATION) as db:
        assert db.scalars(select(Organisation.holiday_calendar)).all() == [HolidayCalendar.LA_REUNION]
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


def test_what_cannot_be_read_of_an_organisation_is_said_field_by_field(environment: dict[str, str]) -> None:
    typed = [*ANSWERS]
    typed[1], typed[3], typed[5] = "Entraide du Port", "1234", "Europe/Bordeaux"
    done = CliRunner().invoke(cli, ["organisation", "found"], input="\n".join(typed) + "\n", env=environment)
    assert done.exit_code == 1
    assert all(f"  {name} : " in done.output for name in ("slug", "siret", "time_zone"))
    assert "Traceback" not in done.output


def test_the_telephone_is_kept_in_one_form_however_it_was_typed(environment: dict[str, str]) -> None:
    CliRunner().invoke(cli, ["organisation", "found"], input="\n".join(ANSWERS) + "\n", env=environment)
    database = Database(environment["DATABASE_URL"])
    with database.reading(EVERY_ORGANISATION) as db:
        assert db.scalars(select(Organisation.phone)).all() == ["+33556010204"]
    database.dispose()


def test_a_key_of_the_api_is_shown_once_and_listed_by_its_end(environment: dict[str, str]) -> None:
    runner, slug = CliRunner(), ["--slug", "entraide-du-port"]
    runner.invoke(cli, ["organisation", "found"], input="\n".join(ANSWERS) + "\n", env=environment)
    scopes = ["--scope", "book", "--scope", "see-day", "--days", "30"]
    made = runner.invoke(cli, ["organisation", "create-key", *slug, "--name", "Site", *scopes], env=environment)
    assert made.exit_code == 0, made.output
    text = made.stdout.splitlines()[-1]
    assert text.startswith("paraphe_")
    listed = runner.invoke(cli, ["organisation", "keys", *slug], env=environment)
    assert f"…{text[-4:]}  Site  [book see-day]" in listed.output
    assert "jamais utilisée" in listed.output
    assert text not in listed.output
    database = Database(environment["DATABASE_URL"])
    with database.reading(EVERY_ORGANISATION) as db:
        key = db.scalars(select(ApiKey)).one()
        assert (key.expires_at - key.created_at).days == 30
    database.dispose()


def test_a_key_of_the_api_has_every_scope_unless_some_are_named(environment: dict[str, str]) -> None:
    runner, slug = CliRunner(), ["--slug", "entraide-du-port"]
    runner.invoke(cli, ["organisation", "found"], input="\n".join(ANSWERS) + "\n", env=environment)
    runner.invoke(cli, ["organisation", "create-key", *slug, "--name", "Tout"], env=environment)
    listed = runner.invoke(cli, ["organisation", "keys", *slug], env=environment)
    assert all(scope.value in listed.output for scope in Permission)


@pytest.mark.parametrize(
    "wrong",
    [
        ["--scope", "rule"],
        ["--days", "0"],
        ["--days", "731"],
        ["--name", "x" * 121],
        ["--name", " "],
        ["--slug", "rien"],
    ],
)
def test_a_key_of_the_api_that_cannot_be_made_is_a_sentence(environment: dict[str, str], wrong: list[str]) -> None:
    runner, words = CliRunner(), ["organisation", "create-key", "--slug", "entraide-du-port", "--name", "Site"]
    runner.invoke(cli, ["organisation", "found"], input="\n".join(ANSWERS) + "\n", env=environment)
    done = runner.invoke(cli, [*words, *wrong], env=environment)
    assert done.exit_code in {1, 2}
    assert "Error:" in done.output
    assert "paraphe_" not in done.output


@pytest.mark.parametrize(
    "words",
    [
        "",
        "run",
        "worker",
        "demo",
        "db upgrade",
        "organisation found",
        "organisation rotate-key",
        "organisation create-key",
        "organisation keys",
    ],
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
