"""What those who wait are told: discreetly, in one segment, with one link."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.orm import Session

from booking.models import Channel
from directory.models import Organisation, Venue
from foundation.messages import in_one_alphabet
from tests.booking.diary import at, cancel, confirm, hold, open_weekly, reason
from tests.booking.test_messages import FORTY, speak_under
from tests.booking.waiting_room import accept, full_morning, join, person, wait_path, work
from tests.house import House


def test_whoever_joins_is_told_by_mail_with_the_link_to_their_page(sqlite_house: House) -> None:
    kind, _ = full_morning(sqlite_house, name="Surendettement")
    work(sqlite_house)
    mails, texts = len(sqlite_house.mails), len(sqlite_house.texts)
    entry = join(sqlite_house, kind)
    work(sqlite_house)
    (_, mail) = sqlite_house.mails[-1]
    assert (len(sqlite_house.mails), len(sqlite_house.texts)) == (mails + 1, texts)
    assert mail.subject == "Vous êtes sur la liste d'attente"
    assert sqlite_house.config.base_url + wait_path(sqlite_house, entry, "mail") in mail.text
    assert "Surendettement" not in mail.subject + mail.text


def test_whoever_has_no_mail_address_is_told_by_sms(sqlite_house: House) -> None:
    kind, _ = full_morning(sqlite_house)
    entry = join(sqlite_house, kind, person=replace(person(1), email=None))
    work(sqlite_house)
    assert sqlite_house.texts[-1][1].text.endswith(wait_path(sqlite_house, entry, "sms"))


def test_an_offer_says_what_is_held_and_until_when_with_one_link(sqlite_house: House) -> None:
    kind, booked = full_morning(sqlite_house, name="Surendettement")
    entry = join(sqlite_house, kind)
    cancel(sqlite_house, booked[0])
    work(sqlite_house)
    (_, mail), (_, sms) = sqlite_house.mails[-1], sqlite_house.texts[-1]
    assert mail.subject == "Une place s'est libérée le mardi 14 avril"
    assert "mardi 14 avril à 9 h, gardée pour vous jusqu'à 11 h." in mail.text.replace("\u00a0", " ")
    assert "12 rue des Faures" in mail.text
    assert "gardée jusqu'à 11 h" in sms.text
    for text, channel in ((mail.text, "mail"), (sms.text, "sms")):
        links = re.findall(r"https?://\S+", text)
        assert links == [sqlite_house.config.base_url + wait_path(sqlite_house, entry, channel)]
        assert "Surendettement" not in text


def test_an_offer_that_was_answered_is_no_news(sqlite_house: House) -> None:
    kind, booked = full_morning(sqlite_house)
    entry = join(sqlite_house, kind)
    cancel(sqlite_house, booked[0])
    while not [key for key in _promised(sqlite_house) if key.startswith("booking.offer")]:
        sqlite_house.worker.run_once()
    accept(sqlite_house, entry)
    work(sqlite_house)
    assert not [mail for _, mail in sqlite_house.mails if "libérée" in mail.subject]


def _promised(house: House) -> list[str]:
    from sqlalchemy import select  # noqa: PLC0415

    from foundation.models import OutboxRow  # noqa: PLC0415

    with house.database.reading(house.organisation.id) as db:
        return list(db.scalars(select(OutboxRow.key)))


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.ON_SITE])
def test_every_sms_fits_in_one_under_an_address_of_forty_characters(
    sqlite_house: House, language: str, channel: Channel
) -> None:
    house = sqlite_house
    speak_under(house, FORTY)
    kind = reason(house, channels=[channel.value], duration_minutes=55, offer_minutes=1440)
    open_weekly(house, kind, weekday=2, venue=house.far_venue, hours=(17, 18))

    def lengthen(db: Session) -> None:
        db.get_one(Organisation, house.organisation.id).name = "Fédération départementale des œuvres " * 3
        db.get_one(Venue, house.far_venue.id).name = "Saint-Denis de La Réunion"

    house.database.in_transaction(house.organisation.id, lengthen)
    wednesday = date(2026, 9, 30)
    house.clock.set(at(7, day=date(2026, 9, 1)))
    held = hold(house, kind, at(13, day=wednesday), venue=house.far_venue, channel=channel)
    made = confirm(house, held.token, person(5))
    join(house, kind, channel=channel, person=replace(person(1), language=language, email=None))
    work(house, at(7, day=date(2026, 9, 25)))
    cancel(house, made)
    work(house)
    mine = [sms for _, sms in house.texts if sms.to == person(1).phone]
    assert len(mine) == 2
    for sms in mine:
        assert len(sms.text) <= 160, sms.text
        assert in_one_alphabet(sms.text) == sms.text
        assert f"{FORTY}/attente/" in sms.text
