"""The first day of an organisation, through the API alone: from nothing to an attendance sheet.

    python docs/examples/first_day.py http://127.0.0.1:8000 sheet.pdf

Nothing but Python is needed. It asks for the operator's key (PARAPHE_OPERATOR_KEY of the server), and then for what the
people of the story receive by mail and SMS: their personal links and a one-time code, which no program is ever told.
"""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

EVERY_DAY = range(7)


class Refused(Exception):
    """The API said no; the sentence is for people, the code for programs."""


class Program:
    """Speaks to the API with one key or one personal link."""

    def __init__(self, base_url: str, bearer: str) -> None:
        """Keep where, and as whom."""
        self.base_url = base_url.rstrip("/")
        self.bearer = bearer

    def get(self, path: str) -> Any:
        """Read."""
        return json.loads(self.send("GET", path))

    def post(self, path: str, **body: Any) -> Any:
        """Change something, once: sent again with the same key, it would not be done twice."""
        return json.loads(self.send("POST", path, body))

    def send(self, method: str, path: str, body: Any = None) -> bytes:
        """Send a request and return the answer's body; raise Refused with the sentence of a refusal."""
        headers = {"Authorization": f"Bearer {self.bearer}", "Accept-Language": "en"}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers |= {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        request = urllib.request.Request(f"{self.base_url}/api/v1{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                content: bytes = answer.read()
        except urllib.error.HTTPError as error:
            problem = json.loads(error.read())
            told = f"{method} {path}: {problem['code']}: {problem['detail']} {problem.get('fields', '')}"
            raise Refused(told) from error
        return content


def ask(what: str) -> str:
    """Ask the person at the keyboard."""
    print(f"{what}:", flush=True)
    return input().strip()


def say(what: str) -> None:
    """Tell the person at the keyboard."""
    print(what, flush=True)


def token_of(link: str) -> str:
    """Return the secret part of a personal link: it is the bearer token of whoever received it."""
    return link.rstrip("/").rpartition("/")[2]


def found(base_url: str, operator_key: str, now: datetime) -> Program:
    """Make an organisation, and return the program that holds its first key."""
    made = Program(base_url, operator_key).post(
        "/organisations",
        name="Atelier des Lilas",
        slug=f"atelier-des-lilas-{now:%Y%m%d%H%M%S}",
        address="8 allée des Lilas, 35000 Rennes",
        siret="81234567800023",
        activity_declaration="53351234535",
        time_zone="Europe/Paris",
        region="FR",
        phone="+33299010203",
        email="contact@atelier-des-lilas.example",
        manager={
            "name": "Maëlle Le Goff",
            "email": f"maelle.{now:%Y%m%d%H%M%S}@atelier-des-lilas.example",
            "password": f"a phrase that nobody guesses {uuid.uuid4()}",
        },
    )
    say(f"Founded: {made['organisation']['name']}")
    return Program(base_url, made["api_key"]["secret"])


def furnish(organisation: Program, now: datetime) -> dict[str, Any]:
    """Make a venue, somebody who is there all day, what one can come for, and a scanner with its own key."""
    venue = organisation.post(
        "/venues",
        name="Les Lilas",
        address="8 allée des Lilas, 35000 Rennes",
        time_zone="Europe/Paris",
        region="FR",
    )
    (agent,) = organisation.get("/agents")["items"]
    kind = organisation.post(
        "/appointment-types",
        name="Premier accueil",
        duration_minutes=30,
        channels=["on-site"],
        booking_notice_minutes=0,
    )
    for weekday in EVERY_DAY:
        organisation.post(
            "/opening-hours",
            resource_id=agent["resource_id"],
            venue_id=venue["id"],
            type_ids=[kind["id"]],
            weekdays=[weekday],
            opens_at="00:00",
            closes_at="23:59",
            first_day=f"{now - timedelta(days=1):%Y-%m-%d}",
        )
    device = organisation.post("/devices", name="Téléphone de l'accueil", agent_id=agent["id"])
    key = organisation.post("/api-keys", name="Accueil", scopes=["scan"], device_id=device["id"])
    say("Furnished: a venue, opening hours, a scanner")
    return {"venue": venue, "agent": agent, "type": kind, "scanner_key": key["secret"]}


def book(organisation: Program, place: dict[str, Any]) -> Any:
    """Take the next free slot for somebody."""
    wanted = f"type_id={place['type']['id']}&venue_id={place['venue']['id']}"
    slot = organisation.get(f"/slots/next?{wanted}")["slot"]
    held = organisation.post(
        "/holds",
        type_id=place["type"]["id"],
        venue_id=slot["venue_id"],
        channel="on-site",
        starts_at=slot["starts_at"],
    )
    booked = organisation.post(
        "/appointments",
        hold=held["token"],
        person={
            "first_name": "Camille",
            "last_name": "Durand",
            "email": "camille.durand@courriel.example",
            "phone": "06 39 98 00 01",
            "language": "fr",
        },
    )
    say(f"Booked: {booked['starts_at']}")
    return booked


def train(organisation: Program, place: dict[str, Any], booked: Any, now: datetime) -> Any:
    """Plan a training that has just begun, for whoever has booked and for somebody far away."""
    far = organisation.post(
        "/beneficiaries",
        first_name="Amadou",
        last_name="Diallo",
        email="amadou.diallo@courriel.example",
        phone="06 39 98 00 02",
        language="fr",
    )
    meeting = organisation.post(
        "/trainings",
        title="Gérer ses papiers en ligne",
        venue_id=place["venue"]["id"],
        half_days=[
            {
                "title": "Comprendre",
                "starts_at": (now - timedelta(minutes=5)).isoformat(timespec="seconds"),
                "ends_at": (now + timedelta(hours=3)).isoformat(timespec="seconds"),
            }
        ],
        beneficiary_ids=[booked["beneficiary"]["id"], far["id"]],
        leaders=[{"name": "Élodie Grondin", "email": "elodie.grondin@formation.example", "language": "fr"}],
    )
    say(f"Planned: {meeting['title']}")
    return meeting


def scan(base_url: str, key: str, badge: str, half_day_id: str, now: datetime) -> None:
    """Show a badge to the scanner at the door: the verdict is an answer, whatever it is."""
    verdict = Program(base_url, key).post(
        "/scans",
        key=str(uuid.uuid4()),
        badge=badge,
        target={"kind": "half-day", "id": half_day_id},
        kind="arrival",
        observed_at=now.isoformat(timespec="seconds"),
    )
    say(f"Scanned: {verdict['verdict']} ({verdict['name']})")


def sign_from_afar(base_url: str, half_day_id: str) -> None:
    """Sign with a personal link and a one-time code, as the person who received both."""
    person = Program(base_url, token_of(ask("The link that Amadou received by mail")))
    sent = person.post("/signing/codes", half_day_id=half_day_id, kind="arrival")
    code = ask(f"The code that Amadou received by {sent['channel']}")
    verdict = person.post("/signing/signatures", half_day_id=half_day_id, kind="arrival", code=code)
    say(f"Signed from afar: {verdict['verdict']}")


def countersign(base_url: str, half_day_id: str) -> None:
    """Countersign with the facilitator's personal link, and the heads they counted."""
    facilitator = Program(base_url, token_of(ask("The link that Élodie received by mail")))
    facilitator.post("/countersigning/countersignatures", half_day_id=half_day_id, headcount=2)
    say("Countersigned: 2 heads")


def main(base_url: str, file: str) -> None:
    """Tell the whole story."""
    now = datetime.now(UTC)
    organisation = found(base_url, ask("The operator's key"), now)
    place = furnish(organisation, now)
    booked = book(organisation, place)
    meeting = train(organisation, place, booked, now)
    half_day_id = meeting["half_days"][0]["id"]
    scan(base_url, place["scanner_key"], booked["badge"]["text"], half_day_id, now)
    organisation.post(f"/meetings/{meeting['id']}/sign-links")
    sign_from_afar(base_url, half_day_id)
    organisation.post(f"/meetings/{meeting['id']}/countersign-links")
    countersign(base_url, half_day_id)
    sheet = organisation.get(f"/meetings/{meeting['id']}/sheet")
    signed = [person["name"] for person in sheet["people"] if person["cells"][0]["signatures"]]
    say(f"On the sheet: {', '.join(signed)}")
    Path(file).write_bytes(organisation.send("GET", f"/meetings/{meeting['id']}/sheet.pdf"))
    say(f"The sheet is in {file}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
