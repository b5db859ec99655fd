from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from directory.domain.contacts import UnreadableContact, parse_email, parse_phone, searchable
from directory.domain.passwords import hash_password, is_password
from directory.domain.permissions import NotAllowed, Permission, Role, require
from directory.domain.refusals import AgentExists, PasswordTooShort, QueryTooShort
from directory.models import Beneficiary
from directory.queries import badges, people
from directory.steps import people as steps
from directory.steps.badges import badge_until
from directory.steps.people import known_or_new
from directory.steps.staff import NewAgent
from directory.use_cases.add_agent import add_agent
from directory.use_cases.revoke_badge import revoke_badge
from directory.use_cases.rotate_signing_key import rotate_signing_key
from foundation.badges import read_badge, verify_badge
from tests.house import PASSWORD, TOTP_SECRET, House


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("06 39 98 00 01", "FR", "+33639980001"),
        ("06.39.98.00.01", "FR", "+33639980001"),
        ("+33 6 39 98 00 01", "RE", "+33639980001"),
        ("0692 12 34 56", "RE", "+262692123456"),
        ("0690 00 12 34", "GP", "+590690001234"),
    ],
)
def test_a_telephone_number_is_read_as_in_the_place_where_it_is_typed(typed: str, region: str, number: str) -> None:
    assert parse_phone(typed, region) == number


@pytest.mark.parametrize("typed", ["", "06", "bonjour", "0639980001234567"])
def test_what_is_not_a_telephone_number_is_said_beside_its_field(typed: str) -> None:
    with pytest.raises(UnreadableContact) as refused:
        parse_phone(typed, "FR")
    assert refused.value.fields == {"phone": "field.phone.unreadable"}


@pytest.mark.parametrize("typed", ["", "zoe", "zoe@", "@exemple.fr", "zoe@exemple", "a b@exemple.fr", "a@b.fr, c@d.fr"])
def test_what_is_not_a_mail_address_is_said_beside_its_field(typed: str) -> None:
    with pytest.raises(UnreadableContact):
        parse_email(typed)


def test_names_are_found_without_accents_or_hyphens() -> None:
    assert searchable("  Zoé   Lê-Van d'Œuvre ") == "zoe le van d oeuvre"
    assert parse_email(" Zoe@Exemple.FR ") == "zoe@exemple.fr"


def write_down(house: House, first_name: str = "Zoé", last_name: str = "Martin", **contact: str | None) -> Beneficiary:
    values = {"email": None, "phone": "+33639980001", **contact}
    person: Beneficiary = house.database.in_transaction(
        house.organisation.id,
        known_or_new,
        house.system(),
        first_name=first_name,
        last_name=last_name,
        email=values["email"],
        phone=values["phone"],
        language="fr",
        now=house.now,
    )
    return person


def test_the_same_name_with_the_same_telephone_is_the_same_person(sqlite_house: House) -> None:
    first = write_down(sqlite_house)
    again = write_down(sqlite_house, "zoe", "MARTIN", email="zoe@exemple.fr")
    assert again.id == first.id
    assert again.email == "zoe@exemple.fr"


def test_a_relative_with_the_same_telephone_is_somebody_else(sqlite_house: House) -> None:
    assert write_down(sqlite_house).id != write_down(sqlite_house, "Paul").id


def test_a_search_needs_three_letters_and_finds_by_any_part_of_the_name(sqlite_house: House) -> None:
    write_down(sqlite_house)
    write_down(sqlite_house, "Zorah", "Benali")
    with sqlite_house.database.reading(sqlite_house.organisation.id) as db:
        assert [one.last_name for one in people.named_like(db, "mart")] == ["Martin"]
        assert [one.last_name for one in people.named_like(db, "martin zoé")] == ["Martin"]
        for short in ("", "zo", "z o", "%_%", "%%%a"):
            with pytest.raises(QueryTooShort):
                people.named_like(db, short)
    with sqlite_house.database.reading(sqlite_house.other.id) as db:
        assert people.named_like(db, "martin") == []


def test_rotating_the_key_signs_new_badges_with_it_and_old_badges_stay_good(sqlite_house: House) -> None:
    house = sqlite_house

    def badge_of(person: Beneficiary) -> str:
        def give(db: Session) -> str:
            badge = badge_until(db, house.system(), beneficiary_id=person.id, until=house.now, now=house.now)
            return badges.text_of(db, badge, house.keys)

        return str(house.database.in_transaction(house.organisation.id, give))

    old = badge_of(write_down(house))
    house.database.in_transaction(
        house.organisation.id, rotate_signing_key, house.actor(house.manager), now=house.now, keys=house.keys
    )
    new = badge_of(write_down(house, "Paul"))
    with house.database.reading(house.organisation.id) as db:
        keys = {key.number: key.public_key for key in badges.public_keys(db)}
    assert sorted(keys) == [1, 2]
    for text, number in ((old, 1), (new, 2)):
        payload, signed = read_badge(text)
        assert payload.key_number == number
        verify_badge(signed, public_key=keys[number])


def test_a_live_badge_is_given_again_and_a_revoked_one_is_not(sqlite_house: House) -> None:
    house, person = sqlite_house, write_down(sqlite_house)

    def give() -> int:
        badge = house.database.in_transaction(
            house.organisation.id,
            badge_until,
            house.system(),
            beneficiary_id=person.id,
            until=house.now,
            now=house.now,
        )
        return int(badge.id)

    first = give()
    assert give() == first
    house.database.in_transaction(
        house.organisation.id, revoke_badge, house.actor(house.agents[0]), now=house.now, badge_id=first
    )
    assert give() != first


def test_an_agent_may_not_administer_and_a_manager_may(sqlite_house: House) -> None:
    house = sqlite_house
    require(house.actor(house.manager), Permission.ADMINISTER)
    with pytest.raises(NotAllowed):
        require(house.actor(house.agents[0]), Permission.ADMINISTER)


def test_an_address_logs_in_one_agent_only(house: House) -> None:
    taken = NewAgent("Autre Personne", house.agents[0].email.upper(), PASSWORD, TOTP_SECRET)
    with pytest.raises(AgentExists):
        house.database.in_transaction(
            house.organisation.id,
            add_agent,
            house.actor(house.manager),
            now=house.now,
            agent=taken,
            role=Role.AGENT,
            keys=house.keys,
        )


def test_a_short_password_is_refused_and_a_long_one_is_checked_whole() -> None:
    with pytest.raises(PasswordTooShort):
        hash_password("quatorze carac")
    stored = hash_password("une phrase assez longue")
    assert is_password(stored, "une phrase assez longue")
    assert not is_password(stored, "une phrase assez longu")
    assert not is_password("not a hash", "une phrase assez longue")


def written_down_by_two_at_once(house: House) -> int:
    """Two agents type the same person; each is held back a little before the row is written."""
    meeting = Barrier(2)

    def hold_back(*_told: object) -> None:
        with suppress(BrokenBarrierError):
            meeting.wait(1)

    event.listen(Beneficiary, "before_insert", hold_back)
    try:
        with ThreadPoolExecutor(2) as threads:
            made = [threads.submit(write_down, house) for _ in range(2)]
            return len({one.result().id for one in made})
    finally:
        event.remove(Beneficiary, "before_insert", hold_back)


def test_two_who_write_the_same_person_down_at_once_have_one(house: House) -> None:
    assert written_down_by_two_at_once(house) == 1


def test_negative_control_without_waiting_for_each_other_they_have_two(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "_one_at_a_time", lambda *_: None)
    # SQLite has one writer in any case.
    assert written_down_by_two_at_once(house) == (1 if house.database.is_sqlite else 2)
