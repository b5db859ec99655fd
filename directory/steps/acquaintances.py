"""Who of many people is known already: `known_or_new` for a whole file, without asking for each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from directory.domain.contacts import searchable
from directory.domain.import_lines import Fate
from directory.domain.import_people import PersonLine
from directory.models import Beneficiary, Organisation
from directory.steps.people import LONGEST_NAME
from foundation.actors import Actor

_AT_ONCE = 500

_Mark = tuple[str, str | None, str]
"""By what, which, and the name as it is searched: the same mark is the same person."""


class Acquaintances:
    """The people whom a file speaks of, as far as they are known here, and those that it has made known since.

    The same name with the same telephone or e-mail is the same person, as everywhere. One without either is known by
    the name among those who have neither: a file that is sent twice must not write everybody down twice.
    """

    def __init__(self, db: Session, actor: Actor, people: Sequence[PersonLine], *, now: datetime) -> None:
        """Read who is known, and keep others from writing somebody down meanwhile, until the transaction ends."""
        self._db, self._actor, self._now = db, actor, now
        self._known: dict[_Mark, Beneficiary] = {}
        # The same row that `known_or_new` waits for.
        ours = select(Organisation.id).where(Organisation.id == actor.organisation_id)
        db.execute(ours.with_for_update(key_share=True))
        for row in sorted(set(self._read(people)), key=lambda row: row.id):
            self._remember(row)

    @property
    def ids(self) -> set[int]:
        """Return the ids of all who are known here."""
        return {row.id for row in self._known.values()}

    def find(self, person: PersonLine) -> Beneficiary | None:
        """Return who that is, if they are known."""
        marks = _marks(_searched(person), person.phone, person.email)
        return next((self._known[mark] for mark in marks if mark in self._known), None)

    def meet(self, person: PersonLine) -> tuple[Beneficiary, Fate]:
        """Return who that is, written down or completed if need be."""
        found = self.find(person)
        if found is None:
            found = self._new(person)
            self._remember(found)
            return found, Fate.CREATED
        before = (found.phone, found.email)
        found.phone, found.email = found.phone or person.phone, found.email or person.email
        if (found.phone, found.email) == before:
            return found, Fate.KNOWN
        self._remember(found)
        return found, Fate.COMPLETED

    def _read(self, people: Sequence[PersonLine]) -> Iterator[Beneficiary]:
        alone = {_searched(one) for one in people if one.phone is None and one.email is None}
        unreachable = (Beneficiary.phone.is_(None), Beneficiary.email.is_(None))
        yield from self._among(Beneficiary.phone, {one.phone for one in people if one.phone is not None})
        yield from self._among(Beneficiary.email, {one.email for one in people if one.email is not None})
        yield from self._among(Beneficiary.searched_name, alone, *unreachable)

    def _among(
        self, column: InstrumentedAttribute[Any], values: Collection[str], *where: ColumnElement[bool]
    ) -> Iterator[Beneficiary]:
        wanted = sorted(values)
        for first in range(0, len(wanted), _AT_ONCE):
            some = column.in_(wanted[first : first + _AT_ONCE])
            yield from self._db.scalars(select(Beneficiary).where(some, *where))

    def _remember(self, row: Beneficiary) -> None:
        for mark in _marks(row.searched_name, row.phone, row.email):
            self._known.setdefault(mark, row)

    def _new(self, person: PersonLine) -> Beneficiary:
        row = Beneficiary(
            organisation_id=self._actor.organisation_id,
            first_name=person.first_name,
            last_name=person.last_name,
            searched_name=_searched(person),
            email=person.email,
            phone=person.phone,
            language=person.language,
            created_at=self._now,
        )
        self._db.add(row)
        return row


def _searched(person: PersonLine) -> str:
    return searchable(f"{person.first_name} {person.last_name}")[:LONGEST_NAME]


def _marks(name: str, phone: str | None, email: str | None) -> Iterable[_Mark]:
    if phone is None and email is None:
        return [("nothing", None, name)]
    return [(kind, value, name) for kind, value in (("phone", phone), ("email", email)) if value is not None]
