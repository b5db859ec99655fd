"""Who is this beneficiary?"""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from directory.domain.contacts import searchable
from directory.domain.refusals import BeneficiaryNotFound, QueryTooShort
from directory.models import Beneficiary

FEWEST_LETTERS = 3


def by_id(db: Session, beneficiary_id: int) -> Beneficiary:
    """Return one beneficiary; raise BeneficiaryNotFound."""
    found = db.get(Beneficiary, beneficiary_id)
    if found is None:
        raise BeneficiaryNotFound
    return found


def named_like(db: Session, text: str, *, among: Select[int] | None = None, most: int = 10) -> list[Beneficiary]:
    """Return who has a name that contains every word of `text`, among the given ids; raise QueryTooShort."""
    wanted = searchable(text)
    if len(wanted.replace(" ", "")) < FEWEST_LETTERS:
        raise QueryTooShort({"query": "refusal.query-too-short"})
    query = select(Beneficiary).order_by(Beneficiary.searched_name).limit(most)
    for word in wanted.split():
        query = query.where(Beneficiary.searched_name.contains(word, autoescape=True))
    if among is not None:
        query = query.where(Beneficiary.id.in_(among))
    return list(db.scalars(query))
