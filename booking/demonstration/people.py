"""The demonstration's people: names of both towns, numbers reserved for fiction."""

from __future__ import annotations

from booking.domain.person import Person

PEOPLE = (
    "Sonia Lefèvre",
    "Amadou Diallo",
    "Thérèse Robin",
    "Yassine Haddad",
    "Chloé Marchal",
    "Jean-Marc Hoarau",
    "Fatou Ndiaye",
    "Léa Grondin",
    "Marcel Dupuis",
    "Rania Khelifi",
    "Antoine Boyer",
    "Josiane Técher",
    "Minh Trân",
    "Élodie Castaing",
    "Bakary Touré",
    "Solange Payet",
    "Victor Almeida",
    "Naïma Saïdi",
    "Gérard Lafitte",
    "Aurélie Fontaine",
)


def person(number: int) -> Person:
    """Return one of the demonstration's people; their numbers are reserved for fiction by the regulator (ARCEP)."""
    name = PEOPLE[number % len(PEOPLE)]
    first, _, last = name.partition(" ")
    plain = name.lower().translate(str.maketrans("éèêëàâïîôûùç ", "eeeeaaiiouuc."))
    phone = f"+336399800{number % len(PEOPLE):02}"
    # Every fourth has no mail, so that SMS are seen too.
    email = f"{plain}@courriel.example" if number % 4 else None
    return Person(first, last, phone, email, "fr", home_address="8 rue du Mirail, 33000 Bordeaux")
