"""What people are told, and what a machine reads in it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.message import Message
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import zxingcpp
from icalendar import Calendar
from PIL import Image

from booking.domain.person import Person
from booking.models import Appointment
from booking.use_cases.cancel_appointment import cancel_appointment
from directory.models import Organisation, Venue
from foundation.badges import read_badge
from foundation.messages import Mail, Sms, as_email, in_one_alphabet
from tests.booking.diary import (
    at,
    book,
    confirm,
    hold,
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
