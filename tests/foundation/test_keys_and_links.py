from __future__ import annotations

from datetime import timedelta

import pytest

from foundation.keys import MasterKeys, UnreadableSecret, new_master_key
from foundation.links import LinkExpired, LinkNotFound, follow, give_link, link_id, link_token
from foundation.models import PersonalLink
from tests.house import House

OLD, NEW = bytes(range(32)), bytes(range(1, 33))


def test_a_secret_opens_only_for_its_own_row() -> None:
    keys = MasterKeys((OLD,))
    stored = keys.encrypt(b"secret", belongs_to="totp 1")
    assert keys.decrypt(stored, belongs_to="totp 1") == b"secret"
    with pytest.raises(UnreadableSecret):
        keys.decrypt(stored, belongs_to="totp 2")


def test_after_a_rotation_the_older_key_still_opens_what_it_made() -> None:
    stored = MasterKeys((OLD,)).encrypt(b"secret", belongs_to="x")
    assert MasterKeys((NEW, OLD)).decrypt(stored, belongs_to="x") == b"secret"
    with pytest.raises(UnreadableSecret):
        MasterKeys((NEW,)).decrypt(stored, belongs_to="x")


def test_each_purpose_has_its_own_key_and_none_is_ever_printed() -> None:
    keys = MasterKeys((OLD,))
    assert keys.derive("one") != keys.derive("two")
    assert OLD.hex() not in repr(keys)
    assert str(OLD) not in repr(keys)


@pytest.mark.parametrize("text", ["", "short", "AAAA AAAA"])
def test_a_master_key_that_is_not_32_bytes_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        MasterKeys.parse(text)


def test_a_fresh_key_is_read_back() -> None:
    assert len(MasterKeys.parse(f"{new_master_key()}, {new_master_key()}").keys) == 2


def given_a_link(house: House, lasts: timedelta = timedelta(days=1)) -> PersonalLink:
    link: PersonalLink = house.database.in_transaction(
        house.organisation.id,
        give_link,
        house.system(),
        purpose="appointment",
        subject_id=7,
        channel="mail",
        lasts=lasts,
        now=house.now,
    )
    return link


def followed(house: House, token: str, purpose: str = "appointment") -> PersonalLink:
    with house.database.reading(house.organisation.id) as db:
        return follow(db, token, purpose=purpose, keys=house.keys, now=house.now)


def test_a_link_leads_to_its_subject_until_it_expires(sqlite_house: House) -> None:
    token = link_token(given_a_link(sqlite_house), sqlite_house.keys)
    assert len(token) == 36
    assert followed(sqlite_house, token).subject_id == 7
    sqlite_house.clock.advance(timedelta(days=1))
    with pytest.raises(LinkExpired):
        followed(sqlite_house, token)


def test_an_altered_link_or_one_of_another_purpose_is_not_found(sqlite_house: House) -> None:
    token = link_token(given_a_link(sqlite_house), sqlite_house.keys)
    changed = ("0" if token[0] != "0" else "1") + token[1:]
    for wrong in (changed, token[:-1], token + "A", "", "...", token.replace(".", "")):
        with pytest.raises(LinkNotFound):
            followed(sqlite_house, wrong)
    with pytest.raises(LinkNotFound):
        followed(sqlite_house, token, "sign")


def test_a_link_of_another_organisation_is_not_found(sqlite_house: House) -> None:
    token = link_token(given_a_link(sqlite_house), sqlite_house.keys)
    house = sqlite_house
    with pytest.raises(LinkNotFound), house.database.reading(house.other.id) as db:
        follow(db, token, purpose="appointment", keys=house.keys, now=house.now)


def test_a_withdrawn_link_is_expired_and_giving_it_again_does_not_bring_it_back(sqlite_house: House) -> None:
    house = sqlite_house
    link = given_a_link(house)
    house.database.in_transaction(
        house.organisation.id, lambda db: setattr(db.get_one(PersonalLink, link.id), "revoked_at", house.now)
    )
    given_a_link(house, timedelta(days=9))
    with pytest.raises(LinkExpired):
        followed(house, link_token(link, house.keys))


def test_a_link_made_before_a_rotation_is_still_good(sqlite_house: House) -> None:
    link = given_a_link(sqlite_house)
    token = link_token(link, MasterKeys((OLD,)))
    assert link_id(token, "appointment", MasterKeys((NEW, OLD))) == link.id
    with pytest.raises(LinkNotFound):
        link_id(token, "appointment", MasterKeys((NEW,)))
