"""What an operator does to an organisation: make it with its first manager, renew its keys, see which there are."""

from __future__ import annotations

import sys
from collections.abc import Collection
from datetime import timedelta
from typing import Any, cast

import click
import pyotp
import qrcode

from directory.domain.holidays import HolidayCalendar
from directory.domain.permissions import Permission
from directory.domain.second_factor import enrolment_address
from directory.models import Organisation
from directory.queries import api_keys, organisations
from directory.steps.api_keys import LASTS, LONGEST
from directory.steps.staff import NewAgent
from directory.use_cases.found_organisation import NewOrganisation, found_organisation
from directory.use_cases.make_api_key import make_api_key
from directory.use_cases.rotate_signing_key import rotate_signing_key
from foundation.actors import system
from foundation.database import EVERY_ORGANISATION
from foundation.refusals import Invalid, Refusal
from foundation.web.services import services

_LONGEST_NAME = 120
_CALENDARS = click.Choice([calendar.value for calendar in HolidayCalendar])
_SCOPES = click.Choice([scope.value for scope in Permission])


def _line(_context: click.Context, _option: click.Parameter, text: str) -> str:
    if not 0 < len(text.strip()) <= _LONGEST_NAME:
        raise click.BadParameter(f"1 à {_LONGEST_NAME} lettres")
    return text.strip()


@click.command()
@click.option("--name", prompt="Nom de la structure", help="As it stands on attendance sheets.")
@click.option("--slug", prompt="Mot dans l'adresse (ex. : maison-des-solidarites)", help="For /o/<slug>.")
@click.option("--address", prompt="Adresse postale", help="On one line.")
@click.option("--siret", prompt="SIRET (14 chiffres)", help="14 digits.")
@click.option("--activity-declaration", prompt="Numéro de déclaration d'activité", default="", help="Training bodies.")
@click.option("--time-zone", prompt="Fuseau horaire", default="Europe/Paris", help="An IANA zone.")
@click.option("--region", prompt="Pays des numéros de téléphone", default="FR", help="FR, RE, GP…")
@click.option("--holiday-calendar", default="metropolitan", type=_CALENDARS, help="Whose public holidays.")
@click.option("--phone", prompt="Téléphone", help="Shown to the public.")
@click.option("--email", prompt="Courriel de la structure", help="Shown to the public.")
@click.option("--manager-name", prompt="Nom de la première personne responsable", help="First and last name.")
@click.option("--manager-email", prompt="Son courriel (pour se connecter)", help="Their log-in.")
@click.password_option("--manager-password", prompt="Son mot de passe (15 caractères au moins)")
def found(
    manager_name: str, manager_email: str, manager_password: str, holiday_calendar: str, **described: str
) -> None:
    """Make an organisation and its first manager; shows the QR of the second factor once."""
    secret = pyotp.random_base32()
    plugged = services()
    try:
        row, _ = plugged.database.in_transaction(
            EVERY_ORGANISATION,
            found_organisation,
            now=plugged.clock.now(),
            organisation=NewOrganisation(**described, holiday_calendar=HolidayCalendar(holiday_calendar)),
            manager=NewAgent(manager_name, manager_email, manager_password, secret),
            keys=plugged.keys,
        )
    except Refusal as refusal:
        raise _told(refusal) from refusal
    click.echo(f"\n{row.name} : {plugged.base_url}/o/{row.slug}")
    click.echo(f"Connexion : {plugged.base_url}/equipe/connexion ({manager_email})")
    click.echo("\nÀ scanner maintenant avec l'application d'authentification du téléphone (ne sera plus montré) :\n")
    address = enrolment_address(secret, email=manager_email, organisation=row.name)
    # Its types describe pictures only; this one is drawn in letters.
    code = cast("Any", qrcode.QRCode(border=2))
    code.add_data(address)
    code.print_ascii(out=sys.stdout, invert=True)
    click.echo(f"Sans appareil photo : {secret}")


@click.command()
@click.option("--slug", prompt="Mot dans l'adresse de la structure", help="The word in /o/<slug>.")
def rotate_key(slug: str) -> None:
    """Make a new key for badges; those already printed stay good until they expire."""
    plugged, row = services(), _organisation(slug)
    try:
        key = plugged.database.in_transaction(
            row.id, rotate_signing_key, system(row.id), now=plugged.clock.now(), keys=plugged.keys
        )
    except Refusal as refusal:
        raise _told(refusal) from refusal
    click.echo(f"{row.name} : les badges sont désormais signés avec la clé n° {key.number}.")


@click.command()
@click.option("--slug", prompt="Mot dans l'adresse de la structure", help="The word in /o/<slug>.")
@click.option("--name", prompt="Nom de la clé (à quoi elle sert)", callback=_line, help="What the key is for.")
@click.option("--scope", "scopes", multiple=True, type=_SCOPES, help="Repeatable; default: all.")
@click.option(
    "--days",
    type=click.IntRange(1, LONGEST.days),
    default=LASTS.days,
    show_default=True,
    help="How long it is good.",
)
def create_key(slug: str, name: str, scopes: Collection[str], days: int) -> None:
    """Make a key of the API; shows it once."""
    plugged, row = services(), _organisation(slug)
    now = plugged.clock.now()
    key, text = plugged.database.in_transaction(
        row.id,
        make_api_key,
        system(row.id),
        now=now,
        name=name,
        scopes=frozenset(Permission(scope) for scope in scopes) or frozenset(Permission),
        expires_at=now + timedelta(days=days),
    )
    click.echo(f"{row.name} : clé « {key.name} », valable jusqu'au {key.expires_at:%d/%m/%Y} : {' '.join(key.scopes)}")
    click.echo("À garder maintenant en lieu sûr (ne sera plus montrée) :", err=True)
    click.echo(text)


@click.command()
@click.option("--slug", prompt="Mot dans l'adresse de la structure", help="The word in /o/<slug>.")
def keys(slug: str) -> None:
    """List the keys of the API: end of the key, name, scopes, last day, last use."""
    row = _organisation(slug)
    with services().database.reading(row.id) as db:
        rows = api_keys.every(db)
    for key in rows:
        used = f"{key.last_used_at:%d/%m/%Y %H:%M} UTC" if key.last_used_at else "jamais utilisée"
        ends = f"révoquée le {key.revoked_at:%d/%m/%Y}" if key.revoked_at else f"jusqu'au {key.expires_at:%d/%m/%Y}"
        click.echo(f"…{key.hint}  {key.name}  [{' '.join(key.scopes)}]  {ends}  {used}")


def _organisation(slug: str) -> Organisation:
    try:
        with services().database.reading(EVERY_ORGANISATION) as db:
            return organisations.by_slug(db, slug)
    except Refusal as refusal:
        raise _told(refusal) from refusal


def _told(refusal: Refusal) -> click.ClickException:
    wording = services().wording
    lines = [wording.say("fr", f"refusal.{refusal.code}", **refusal.details)]
    if isinstance(refusal, Invalid):
        lines += [f"  {name} : {wording.say('fr', key)}" for name, key in refusal.fields.items()]
    return click.ClickException("\n".join(lines))
