"""What people are told, and what a machine reads in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from icalendar import Calendar
from PIL import Image
from sqlalchemy.orm import Session

from booking.domain.person import Person
from booking.messages import composers
from booking.models import Appointment, Channel
from booking.steps.holds import Held
from booking.use_cases.cancel_appointment import cancel_appointment
from booking.use_cases.confirm_move import confirm_move
from booking.use_cases.hold_move import hold_move
from directory.models import Organisation, Venue
from foundation.badges import read_badge
from foundation.messages import Mail, Sms, as_email, in_one_alphabet
from foundation.stationery import Stationery
from tests.booking.diary import (
    at,
    book,
    confirm,
    hold,
    holder,
    open_reason,
    open_weekly,
    reason,
    ticket_path,
)
from tests.house import House

CHLOE = Person("Chloé", "Hoarau", "+262692123456", "chloe@exemple.example", "en")


def cancel(house: House, appointment: Appointment) -> None:
    house.database.in_transaction(
        house.organisation.id,
        cancel_appointment,
        house.system(),
        now=house.now,
        appointment_id=appointment.id,
    )


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def only_mail(house: House) -> Mail:
    house.worker.run_until_empty()
    ((_, mail),) = house.mails
    return mail


def only_sms(house: House) -> Sms:
    house.worker.run_until_empty()
    ((_, sms),) = house.texts
    return sms


def test_the_mail_says_when_where_and_what_to_bring_with_the_links(sqlite_house: House) -> None:
    kind = open_reason(sqlite_house)
    appointment = book(sqlite_house, kind, at(7))
    mail = only_mail(sqlite_house)
    link = sqlite_house.config.base_url + ticket_path(sqlite_house, appointment, "mail")
    assert mail.subject == "Votre rendez-vous du mardi 14 avril"
    assert "mardi 14 avril à 9 h" in mail.text.replace("\u00a0", " ")
    for said in ("12 rue des Faures", "une pièce d'identité", link, f"{link}/annuler", f"{link}/deplacer"):
        assert said in mail.text
    assert kind.name not in mail.subject
    assert "cid:badge" in (mail.html or "")


def test_the_calendar_of_the_mail_is_read_back(sqlite_house: House) -> None:
    appointment = book(sqlite_house, open_reason(sqlite_house), at(7))
    text, method = only_mail(sqlite_house).calendar or ("", "")
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    assert (method, calendar["METHOD"]) == ("REQUEST", "REQUEST")
    assert event.decoded("DTSTART") == datetime(2026, 4, 14, 9, tzinfo=ZoneInfo("Europe/Paris"))
    assert event.decoded("DTEND") == at(7, 30)
    assert event["SEQUENCE"] == 0
    assert event["SUMMARY"] == "Rendez-vous · Maison des Solidarités"
    assert "Saint-Michel" in str(event["LOCATION"])
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Paris"]
    assert len(text) < 2000
    cancel(sqlite_house, appointment)
    sqlite_house.worker.run_until_empty()
    later, method = sqlite_house.mails[-1][1].calendar or ("", "")
    (cancelled,) = Calendar.from_ical(later).walk("VEVENT")
    assert (method, str(cancelled["STATUS"]), cancelled["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert cancelled["UID"] == event["UID"]


def test_the_picture_of_the_mail_is_the_badge(sqlite_house: House) -> None:
    book(sqlite_house, open_reason(sqlite_house), at(7))
    mail = only_mail(sqlite_house)
    raw = as_email(mail, sender="nous@exemple.example", key="k", now=sqlite_house.now).as_bytes()
    pictures = [part for part in message_from_bytes(raw).walk() if part.get_content_type() == "image/png"]
    assert len(pictures) == 2
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(_content(pictures[0]))))
    payload, _ = read_badge(code.text)
    assert payload.organisation_id == sqlite_house.organisation.id
    assert payload.expires_at > at(7, 30)


def test_the_sms_fits_in_one_even_with_the_longest_names(sqlite_house: House) -> None:
    kind = open_reason(sqlite_house)

    def lengthen(db: Any) -> None:
        db.get(Organisation, sqlite_house.organisation.id).name = "Fédération départementale des œuvres " * 3
        db.get(Venue, sqlite_house.venue.id).name = "Maison de quartier Saint-Pierre-et-Saint-Paul " * 2

    sqlite_house.database.in_transaction(sqlite_house.organisation.id, lengthen)
    appointment = book(sqlite_house, kind, at(7))
    sms = only_sms(sqlite_house)
    link = sqlite_house.config.base_url + ticket_path(sqlite_house, appointment, "sms")
    assert len(sms.text) <= 160
    assert in_one_alphabet(sms.text) == sms.text
    assert sms.text.endswith(link)
    assert "mardi 14 avril à 9 h" in sms.text


def test_the_shortest_sms_fits_under_a_long_address() -> None:
    longest = "Votre rendez-vous : mercredi 30 septembre à 17 h 45. "
    address = "https://rendez-vous.federation-des-maisons-de-quartier.example"
    assert len(longest) + len(address) + len("/rdv/") + 36 <= 160


def test_a_discreet_reason_is_named_neither_by_sms_nor_in_subject_or_calendar(sqlite_house: House) -> None:
    book(sqlite_house, open_reason(sqlite_house, name="Surendettement"), at(7))
    mail, sms = only_mail(sqlite_house), only_sms(sqlite_house)
    calendar, _ = mail.calendar or ("", "")
    assert not any("Surendettement" in said for said in (mail.subject, sms.text, calendar))


def test_an_ordinary_reason_is_named_in_the_calendar(sqlite_house: House) -> None:
    book(sqlite_house, open_reason(sqlite_house, name="Aide aux devoirs", is_discreet=False), at(7))
    calendar, _ = only_mail(sqlite_house).calendar or ("", "")
    assert "Aide aux devoirs" in calendar


def test_messages_speak_the_persons_language_and_the_time_of_the_place(sqlite_house: House) -> None:
    kind = reason(sqlite_house)
    open_weekly(sqlite_house, kind, venue=sqlite_house.far_venue)
    held = hold(sqlite_house, kind, at(5), venue=sqlite_house.far_venue)
    confirm(sqlite_house, held.token, CHLOE)
    mail, sms = only_mail(sqlite_house), only_sms(sqlite_house)
    assert mail.subject == "Your appointment on Tuesday 14 April"
    assert "Tuesday 14 April at 9:00 (time in Saint-Denis)" in mail.text
    assert "Tuesday 14 April at 9:00" in sms.text
    (event,) = Calendar.from_ical((mail.calendar or ("", ""))[0]).walk("VEVENT")
    assert event.decoded("DTSTART") == datetime(2026, 4, 14, 5, tzinfo=UTC)


def test_nothing_is_said_of_what_is_past_or_already_cancelled(sqlite_house: House) -> None:
    kind = open_reason(sqlite_house)
    cancel(sqlite_house, book(sqlite_house, kind, at(7)))
    sqlite_house.worker.run_until_empty()
    assert [mail.subject for _, mail in sqlite_house.mails] == ["Votre rendez-vous du mardi 14 avril est annulé"]
    book(sqlite_house, kind, at(9))
    sqlite_house.clock.set(at(9, 30))
    sqlite_house.worker.run_until_empty()
    assert len(sqlite_house.mails) == 1


def test_only_the_ways_that_reach_the_person_are_used(sqlite_house: House) -> None:
    kind = open_reason(sqlite_house)
    book(sqlite_house, kind, at(7), person=Person("Ana", "Silva", None, "ana@exemple.example", "fr"))
    sqlite_house.worker.run_until_empty()
    assert (len(sqlite_house.mails), len(sqlite_house.texts)) == (1, 0)
    assert sqlite_house.now.date() + timedelta(days=1) == date(2026, 4, 14)


FORTY = "https://rdv.maison-des-solidarites.examp"


def speak_under(house: House, base_url: str) -> None:
    handlers = house.worker.handlers
    made = composers(Stationery(house.keys, house.services.wording, base_url))
    house.worker = replace(house.worker, handlers=replace(handlers, composers=made))


def move(house: House, appointment: Appointment, starts_at: datetime) -> None:
    values: dict[str, Any] = {"now": house.now, "appointment_id": appointment.id}
    where: dict[str, Any] = {"venue_id": appointment.venue_id, "starts_at": starts_at, "client": "one"}
    person = holder(house, appointment)
    held: Held = house.database.in_transaction(house.organisation.id, hold_move, person, **values, **where)
    house.database.in_transaction(house.organisation.id, confirm_move, person, **values, token=held.token)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.ON_SITE, Channel.HOME])
def test_every_sms_fits_in_one_under_an_address_of_forty_characters(
    sqlite_house: House, language: str, channel: Channel
) -> None:
    assert len(FORTY) == 40
    speak_under(sqlite_house, FORTY)
    kind = reason(sqlite_house, channels=[channel.value], duration_minutes=15)
    open_weekly(sqlite_house, kind, weekday=2, venue=sqlite_house.far_venue, hours=(17, 18))

    def lengthen(db: Session) -> None:
        db.get_one(Organisation, sqlite_house.organisation.id).name = "Fédération départementale des œuvres " * 3
        db.get_one(Venue, sqlite_house.far_venue.id).name = "Saint-Denis de La Réunion"

    sqlite_house.database.in_transaction(sqlite_house.organisation.id, lengthen)
    wednesday = date(2026, 9, 30)
    sqlite_house.clock.set(at(7, day=date(2026, 9, 1)))
    held = hold(sqlite_house, kind, at(13, 25, day=wednesday), venue=sqlite_house.far_venue, channel=channel)
    made = confirm(sqlite_house, held.token, replace(CHLOE, language=language, home_address="3 rue des Lilas"))
    sqlite_house.worker.run_until_empty()
    move(sqlite_house, made, at(13, day=wednesday))
    sqlite_house.worker.run_until_empty()
    cancel(sqlite_house, made)
    sqlite_house.worker.run_until_empty()
    assert len(sqlite_house.texts) == 3
    for _, sms in sqlite_house.texts:
        assert len(sms.text) <= 160, sms.text
        assert in_one_alphabet(sms.text) == sms.text
        assert f"{FORTY}/rdv/" in sms.text


def test_an_sms_says_whose_hour_it_is_to_whom_stays_where_they_are(sqlite_house: House) -> None:
    speak_under(sqlite_house, FORTY)
    kind = reason(sqlite_house, channels=["phone", "on-site"])
    for venue, start, said in (
        (sqlite_house.far_venue, at(5), "(heure de Saint-Denis)"),
        (sqlite_house.venue, at(8, 20), "(heure de Bordeaux Saint-Michel)"),
    ):
        open_weekly(sqlite_house, kind, venue=venue)
        person = replace(CHLOE, language="fr")
        confirm(sqlite_house, hold(sqlite_house, kind, start, venue=venue, channel=Channel.PHONE).token, person)
        sqlite_house.worker.run_until_empty()
        assert said in sqlite_house.texts[-1][1].text
        assert said in sqlite_house.mails[-1][1].text
    confirm(sqlite_house, hold(sqlite_house, kind, at(9)).token)
    sqlite_house.worker.run_until_empty()
    assert "heure de" not in sqlite_house.texts[-1][1].text
