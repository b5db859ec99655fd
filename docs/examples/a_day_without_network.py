"""A day of training through the API alone: a scanner whose clock is wrong and whose network is cut, then the sheet.

    python docs/examples/a_day_without_network.py http://127.0.0.1:8000

It asks for a key of the organisation with every scope (a manager makes it under «Clés et appareils»), and for what two
people receive: a personal link each, and a one-time code. Each moment of the day is a function; run as a program, they
all happen now, in the first half-day.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from first_day import Program, Refused, ask, say, token_of
from scanner import Scanner

HALF_DAY = timedelta(hours=3)
WRONG_BY = timedelta(hours=3)
PEOPLE = {"Awa": "Traoré", "Bruno": "Mercier", "Chloé": "Petit", "Denis": "Royer", "Emma": "Vidal"}
WITHOUT_BADGE = {"Chloé", "Denis"}


@dataclass
class Day:
    """What the moments of the day share."""

    base_url: str
    organisation: Program
    scanner: Scanner
    meeting: dict[str, Any]
    badges: dict[str, str]

    def half_day(self, number: int) -> str:
        """Return the id of a half-day."""
        identifier: str = self.meeting["half_days"][number]["id"]
        return identifier

    def attendee(self, first_name: str) -> str:
        """Return the id of somebody on the sheet."""
        named = (one["id"] for one in self.meeting["attendees"] if one["name"].startswith(first_name))
        found: str = next(named)
        return found


def prepare(base_url: str, api_key: str, clock: Callable[[], datetime], begins_at: datetime) -> Day:
    """Before it begins: the training, badges for who will have one, and a scanner that enrols itself."""
    organisation = Program(base_url, api_key)
    ids = {first_name: register(organisation, first_name) for first_name in PEOPLE}
    meeting = plan(organisation, list(ids.values()), begins_at)
    until = (begins_at + timedelta(days=2)).isoformat(timespec="seconds")
    badges = {
        first_name: organisation.post(f"/beneficiaries/{number}/badges", until=until)["text"]
        for first_name, number in ids.items()
        if first_name not in WITHOUT_BADGE
    }
    (agent, *_) = organisation.get("/agents")["items"]
    device = organisation.post("/devices", name="Téléphone du couloir", agent_id=agent["id"])
    scanner = Scanner(base_url, clock)
    scanner.enrol(organisation.post(f"/devices/{device['id']}/enrolment")["token"])
    say(f"Prepared: {meeting['title']}, {len(badges)} badges, a scanner")
    return Day(base_url, organisation, scanner, meeting, badges)


def register(organisation: Program, first_name: str) -> str:
    """Write somebody down, or find them; only whoever is far away needs two ways to be reached."""
    phone = "+33639980104" if first_name == "Denis" else None
    person = organisation.post(
        "/beneficiaries",
        first_name=first_name,
        last_name=PEOPLE[first_name],
        email=f"{first_name.lower().replace('é', 'e')}@courriel.example",
        phone=phone,
        language="fr",
    )
    identifier: str = person["id"]
    return identifier


def plan(organisation: Program, beneficiary_ids: list[str], begins_at: datetime) -> dict[str, Any]:
    """Plan two half-days, an hour apart; nobody is asked to sign before this program says so."""
    (venue, *_) = organisation.get("/venues")["items"]
    starts = {"Comprendre": begins_at, "Faire": begins_at + HALF_DAY + timedelta(hours=1)}
    half_days = [
        {
            "title": title,
            "starts_at": start.isoformat(timespec="seconds"),
            "ends_at": (start + HALF_DAY).isoformat(timespec="seconds"),
        }
        for title, start in starts.items()
    ]
    meeting: dict[str, Any] = organisation.post(
        "/trainings",
        title="Accueillir et accompagner",
        venue_id=venue["id"],
        video_room="https://visio.example/accueillir",
        invites=False,
        half_days=half_days,
        beneficiary_ids=beneficiary_ids,
        leaders=[{"name": "Yasmine Colin", "email": "yasmine.colin@formation.example", "language": "fr"}],
    )
    return meeting


def doors_open(day: Day, number: int) -> None:
    """The scanner comes in, fetches its list, and scans the first who arrives."""
    day.scanner.come_in()
    day.scanner.fetch_day()
    verdict = day.scanner.scan_now(day.badges["Awa"], day.half_day(number), "arrival")
    say(f"On the network: {verdict['verdict']} ({verdict['name']})")


def network_is_cut(day: Day, number: int) -> None:
    """Bruno is signed out by mistake, which is undone, and then in. Chloé has no badge: her presence is stated."""
    scanner, half_day_id = day.scanner, day.half_day(number)
    mistake = scanner.see(day.badges["Bruno"], half_day_id, "departure")
    scanner.take_back(mistake)
    scanner.see(day.badges["Bruno"], half_day_id, "arrival")
    scanner.state(scanner.person("Chloé", half_day_id), "no-badge", "Badge oublié, carte d'identité vue")
    say(f"Without network: {len(scanner.queue)} entries are kept")


def network_is_back(day: Day) -> None:
    """Send the queue backwards, and the same again forwards: nothing is lost, and nothing counts twice."""
    scanner = day.scanner
    first = scanner.send(scanner.queue[::-1])
    again = scanner.send(scanner.queue)
    if {key: one["verdict"] for key, one in first.items()} != {key: one["verdict"] for key, one in again.items()}:
        raise AssertionError("the same entries were answered otherwise")
    told = [f"{one['what']} {again[one['key']]['verdict']}" for one in scanner.queue]
    scanner.queue = [one for one in scanner.queue if one["key"] not in again]
    say(f"Sent twice: {', '.join(told)}")


def sign_from_afar(day: Day, number: int) -> None:
    """Denis is at home: he signs with his personal link and a code that comes another way."""
    day.organisation.post(f"/meetings/{day.meeting['id']}/sign-links")
    denis = Program(day.base_url, token_of(ask("The link that Denis received by mail")))
    half_day = {"half_day_id": day.half_day(number), "kind": "arrival"}
    sent = denis.post("/signing/codes", **half_day)
    code = ask(f"The code that Denis received by {sent['channel']}")
    say(f"From afar: {denis.post('/signing/signatures', **half_day, code=code)['verdict']}")


def scanner_is_lost(day: Day, number: int) -> None:
    """Emma is seen without network; then the scanner is lost, and revoked. Found again, it hands in its queue."""
    seen = day.scanner.see(day.badges["Emma"], day.half_day(number), "arrival")
    day.organisation.post(f"/devices/{day.scanner.id}/revocation")
    answer = day.scanner.send([seen])[seen["key"]]
    say(f"After its revocation: {answer['verdict']}, {answer['state']}")


def look_at_what_waits(day: Day) -> None:
    """Read what is not simply believed, and accept it: from then on it counts, at the time it was observed."""
    for one in day.organisation.get("/reviews")["items"]:
        path = f"/reviews/{one['id']}"
        decided = day.organisation.post(path, accepts=True, reason="Téléphone perdu, Emma vue dans la salle")
        say(f"Reviewed: {one['name']}, {one['observed_at'][11:16]}, {', '.join(one['flags'])}: {decided['review']}")


def countersign(day: Day, number: int) -> None:
    """Yasmine, who leads, reads who is there and signs for it, with the heads she counted."""
    day.organisation.post(f"/meetings/{day.meeting['id']}/countersign-links")
    yasmine = Program(day.base_url, token_of(ask("The link that Yasmine received by mail")))
    half_day = yasmine.get("/countersigning")["half_days"][number]
    heads = len(half_day["present"]) + len(half_day["stated"])
    body = {"half_day_id": half_day["id"], "headcount": heads, "remark": "Deux retards", "is_confirmed": True}
    yasmine.post("/countersigning/countersignatures", **body)
    say(f"Countersigned: {heads} heads")


def propose_correction(day: Day, number: int) -> str:
    """Awa came exactly when it began. A program proposes; a person decides, whose name is printed."""
    proposed = day.organisation.post(
        f"/meetings/{day.meeting['id']}/corrections",
        attendee_id=day.attendee("Awa"),
        half_day_id=day.half_day(number),
        kind="arrival",
        action="time",
        observed_at=day.meeting["half_days"][number]["starts_at"],
        reason="Arrivée à l'heure, badge montré plus tard",
    )["correction"]
    say(f"Correction: {proposed['state']}")
    identifier: str = proposed["id"]
    return identifier


def print_sheet(day: Day) -> None:
    """Print the sheet: who signed, how, how strong that is, and who was stated by whom."""
    sheet = day.organisation.get(f"/meetings/{day.meeting['id']}/sheet")
    say(f"{sheet['title']}, {sheet['venue']}, sheet {sheet['state']}")
    for person in sheet["people"]:
        say(f"  {person['name']:<16} {' | '.join(cell_of(cell) for cell in person['cells'])}")
    for leader in sheet["facilitators"]:
        counted = [f"{one['headcount']} heads, « {one['remark']} »" for one in leader["countersignatures"]]
        say(f"  {leader['name']:<16} {' | '.join(counted)}")


def cell_of(cell: dict[str, Any]) -> str:
    """Say what stands in one cell."""
    signed = [
        f"{one['kind']} {one['observed_at'][11:16]} {one['method']} (grade {one['grade']})"
        for one in cell["signatures"]
    ]
    stated = [f"stated by {one['author']}: {one['cause']}" for one in cell["statements"]]
    waiting = [f"correction {one['state']}" for one in cell["corrections"]]
    return "; ".join([*signed, *stated, *waiting]) or ("absent" if cell["is_absent"] else "-")


def close(day: Day) -> None:
    """Close the sheet; refused until its last half-day is over and no correction waits."""
    try:
        closed = day.organisation.post(f"/meetings/{day.meeting['id']}/closing")
    except Refused as refusal:
        say(f"Not closed: {refusal}")
    else:
        say(f"Sheet: {closed['sheet_state']}")


def main(base_url: str) -> None:
    """Tell the whole story at once, in a first half-day that began five minutes ago."""

    def wrong_clock() -> datetime:
        return datetime.now(UTC) - WRONG_BY

    api_key = ask("A key of the organisation")
    day = prepare(base_url, api_key, wrong_clock, datetime.now(UTC) - timedelta(minutes=5))
    doors_open(day, 0)
    network_is_cut(day, 0)
    network_is_back(day)
    sign_from_afar(day, 0)
    scanner_is_lost(day, 0)
    look_at_what_waits(day)
    countersign(day, 0)
    propose_correction(day, 0)
    print_sheet(day)
    close(day)


if __name__ == "__main__":
    main(sys.argv[1])
