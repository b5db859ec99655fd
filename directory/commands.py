"""What an operator does to an organisation: make it with its first manager, and renew the key of its badges."""

from __future__ import annotations

import sys
from typing import Any, cast
from zoneinfo import available_timezones

import click
import pyotp
import qrcode

from directory.domain.second_factor import enrolment_address
from directory.queries import organisations
from directory.steps.staff import NewAgent
from directory.use_cases.found_organisation import NewOrganisation, found_organisation
from directory.use_cases.rotate_signing_key import rotate_signing_key
from foundation.actors import system
from foundation.database import EVERY_ORGANISATION
from foundation.refusals import Refusal
from foundation.web.services import services


@click.command()
@click.option("--name", prompt="Nom de la structure", help="As it stands on attendance sheets.")
@click.option("--slug", prompt="Mot dans l'adresse (ex. : maison-des-solidarites)", help="For /o/<slug>.")
@click.option("--address", prompt="Adresse postale", help="On one line.")
@click.option("--siret", prompt="SIRET (14 chiffres)", help="14 digits.")
@click.option("--activity-declaration", prompt="Numéro de déclaration d'activité", default="", help="Training bodies.")
@click.option("--time-zone", prompt="Fuseau horaire", default="Europe/Paris", help="An IANA zone.")
@click.option("--region", prompt="Pays des numéros de téléphone", default="FR", help="FR, RE, GP…")
@click.option("--phone", prompt="Téléphone", help="Shown to the public.")
@click.option("--email", prompt="Courriel de la structure", help="Shown to the public.")
@click.option("--manager-name", prompt="Nom de la première personne responsable", help="First and last name.")
@click.option("--manager-email", prompt="Son courriel (pour se connecter)", help="Their log-in.")
@click.password_option("--manager-password", prompt="Son mot de passe (15 caractères au moins)")
def found(manager_name: str, manager_email: str, manager_password: str, time_zone: str, **described: str) -> None:
    """Make an organisation and its first manager; shows the QR of the second factor once."""
    if time_zone not in available_timezones():
        raise click.BadParameter(time_zone, param_hint="--time-zone")
    secret = pyotp.random_base32()
    plugged = services()
    try:
        row, _ = plugged.database.in_transaction(
            EVERY_ORGANISATION,
            found_organisation,
            now=plugged.clock.now(),
            organisation=NewOrganisation(time_zone=time_zone, **described),
            manager=NewAgent(manager_name, manager_email, manager_password, secret),
            keys=plugged.keys,
        )
    except Refusal as refusal:
        sentence = plugged.wording.say("fr", f"refusal.{refusal.code}", **refusal.details)
        raise click.ClickException(sentence) from refusal
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
    plugged = services()
    try:
        with plugged.database.reading(EVERY_ORGANISATION) as db:
            row = organisations.by_slug(db, slug)
        key = plugged.database.in_transaction(
            row.id, rotate_signing_key, system(row.id), now=plugged.clock.now(), keys=plugged.keys
        )
    except Refusal as refusal:
        sentence = plugged.wording.say("fr", f"refusal.{refusal.code}", **refusal.details)
        raise click.ClickException(sentence) from refusal
    click.echo(f"{row.name} : les badges sont désormais signés avec la clé n° {key.number}.")
