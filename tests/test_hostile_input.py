"""Every route, found by itself, is sent what nobody should send: never a trace, never a 500, never somebody's HTML."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from booking.domain.person import Person
from directory.domain.contacts import UnreadableContact, parse_email
from foundation.ids import to_text
from foundation.messages import as_email
from foundation.web.access import everyone, open_to
from foundation.web.pages import is_local_path
from tests.booking import diary
from tests.booking.reading import WHO, keep
from tests.house import House
from tests.test_access import World, routes

MARKUP = "<script>alert(1)</script>"
RAW = re.compile(r"<script>alert|<img src=x|onerror=alert\(1\)>")
VALUES: tuple[str, ...] = (
    "",
    " ",
    "a\0b",
    "\x01\x07\x1b[2J",
    MARKUP,
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}${7*7}{0.__class__}",
    "'; DROP TABLE appointment; --",
    "%' OR 1=1 --",
    "\u202eelpoep\u202c \u0645\u062d\u0645\u062f",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\U0001f3fd e\u0301",
    "\ufdfa" * 80,
    "9" * 400,
    "-1",
    "1e999",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "000101010000.-",
    "999912312359.-",
    "202604140700.zzzzzzzzzzzzz",
    "7zzzzzzzzzzzz",
    "desk:7zzzzzzzzzzzz",
    "half_day:7zzzzzzzzzzzz",
    "/\t/exemple.example",
    "/\n/exemple.example",
    "\\\\exemple.example",
    "http://[",
    "../../../../etc/passwd",
    "x" * 100_000,
)
# Every name that a form or an address of ours reads, sent all together wherever we knock.
FORM_NAMES = """
    next language csrf_token email password code first_name last_name phone home_address booked_by creneau modalite
    atelier key badge target kind observed_at attendee half_day reason query headcount name
    content proof history tells file
"""
FORM = FORM_NAMES.split()
QUERY_NAMES = "semaine modalite lieu date venue next target kind par fait sent unreachable done"
QUERY = QUERY_NAMES.split()
JSON = ["key", "badge", "target", "kind", "observed_at", "attendee", "query", "reason"]
BODIES: tuple[Any, ...] = (None, 0, -1, 10**400, 1.5, True, "texte", "\ud800", "a\0b", [], [[[]]], {}, {"$ne": None})
ENGLISH = {"Accept-Language": "en"}


class Watch:
    """Knocks on a door, and says what went wrong behind it: the application itself tells nobody."""

    def __init__(self, house: House) -> None:
        """Stand between the application and its own handler of bugs."""
        self.causes: list[Exception] = []
        self.knocks = 0
        handlers = house.app.error_handler_spec[None][None]
        answer: Callable[[Exception], Any] = handlers[Exception]

        def record(error: Exception) -> Any:
            self.causes.append(error)
            return answer(error)

        handlers[Exception] = record

    def judge(self, answer: TestResponse, what: str) -> None:
        """Complain of a bug, of a trace, of markup that was not escaped, or of a redirect that leads elsewhere."""
        self.knocks += 1
        if self.causes:
            raise AssertionError(f"{what}: {self.causes[0]!r:.300}") from self.causes[0]
        said = answer.get_data().decode("utf-8", "replace")
        assert answer.status_code < 500, (what, answer.status_code)
        assert "Traceback" not in said, what
        assert "sqlalchemy" not in said.lower(), what
        if answer.mimetype == "text/html":
            assert not RAW.search(said), what
        where = answer.headers.get("Location", "/")
        assert where.startswith("/"), (what, where)
        assert not re.match(r"/[\s\\/]", where), (what, where)


def test_the_watch_sees_a_bug(sqlite_house: House) -> None:
    def broken() -> str:
        raise RuntimeError("of the test")

    sqlite_house.app.view_functions["booking.home"] = open_to(everyone)(broken)
    watch = Watch(sqlite_house)
    with pytest.raises(AssertionError, match="of the test"):
        watch.judge(sqlite_house.client().get("/"), "home")


class Doors:
    """Every route of the house with addresses that lead somewhere, and a browser for each kind of person."""

    def __init__(self, house: House) -> None:
        """Furnish one of everything; the one who is logged in may do everything."""
        self.house = house
        self.world = World(house)
        self.watch = Watch(house)
        self.stranger, self.agent = house.client(), house.client()
        self.form_token = house.log_in(self.agent, house.manager)

    def __iter__(self) -> Iterator[tuple[Rule, str, str]]:
        """Yield each rule with each of its methods and a good address."""
        for rule, method in routes(self.house.app):
            token = next((good for prefix, good in self.world.tokens.items() if rule.rule.startswith(prefix)), "")
            if not rule.endpoint.endswith("static"):
                yield rule, method, self.world.address(rule, token)

    def browsers(self, rule: Rule) -> list[FlaskClient]:
        """Staff pages are tried with a log-in (which is not thrown away), and every few times without one."""
        if rule.rule.startswith("/equipe") and rule.endpoint != "directory.log_out":
            return [self.agent, self.stranger] if self.watch.knocks % 10 == 0 else [self.agent]
        return [self.stranger]

    def address_with(self, rule: Rule, name: str, value: str) -> str:
        """Write an address of which one argument is whatever is said, without asking whether it may be."""
        address = rule.rule
        for other in rule.arguments:
            written = value if other == name else self.world.values.get(other, self.world.hold.token)
            address = re.sub(rf"<(?:\w+:)?{other}>", lambda _, text=written: text, address)  # type: ignore[misc]
        return address

    def send(self, rule: Rule, method: str, address: str, **request: Any) -> None:
        """Knock with each browser; forms of staff carry their token, so that the door behind it is reached."""
        for client in self.browsers(rule):
            headers = {"X-CSRF-Token": self.form_token, **request.get("headers", {})}
            answer = client.open(address, method=method, **{**request, "headers": headers})
            self.watch.judge(answer, f"{method} {rule.rule} {request!r:.200}")


@pytest.fixture
def doors(sqlite_house: House) -> Doors:
    return Doors(sqlite_house)


def test_no_form_breaks_a_page(doors: Doors) -> None:
    for rule, method, address in doors:
        if method == "POST" and not rule.rule.startswith("/equipe/connexion"):
            for value in VALUES:
                doors.send(rule, method, address, data=dict.fromkeys(FORM, value))
            doors.send(rule, method, address, data={name: ["un", "deux"] for name in FORM})
    assert doors.watch.knocks > 500


def test_no_form_breaks_the_log_in(doors: Doors) -> None:
    for rule, method, address in doors:
        if method == "POST" and rule.rule.startswith("/equipe/connexion"):
            for value in ("a\0b", MARKUP, "\ufdfa" * 80, "x" * 100_000, "/\t/exemple.example"):
                doors.send(rule, method, address, data=dict.fromkeys(FORM, value))
                doors.send(rule, method, f"{address}?next={quote(value)}", data={"email": "a@b.example"})


def test_no_query_breaks_a_page(doors: Doors) -> None:
    for rule, method, address in doors:
        if method == "GET":
            for value in VALUES[:-1]:
                doors.send(rule, method, f"{address}?" + "&".join(f"{name}={quote(value)}" for name in QUERY))
            for query in ("%FF%FE=%FF", "semaine=%FF&date=%C3%28&venue=%F0", "&&==&", "semaine=1&semaine=2"):
                doors.send(rule, method, f"{address}?{query}")


def test_no_body_breaks_a_page(doors: Doors) -> None:
    for rule, method, address in doors:
        if method != "POST":
            continue
        for value in BODIES:
            for body in (value, dict.fromkeys(JSON, value), [value]):
                text = json.dumps(body)
                doors.send(rule, method, address, data=text, content_type="application/json")
        for text in ("", "{", "[" * 5000, '{"key": NaN}', '"\\ud800"', "\0", '{"key": 1' + "0" * 5000 + "}"):
            doors.send(rule, method, address, data=text, content_type="application/json")


WELL_FORMED = {
    "key": "key-0001",
    "kind": "arrival",
    "observed_at": "2026-04-13T07:00:00Z",
    "reason": "venue",
    "badge": "x",
    "query": "abc",
}


def test_no_scan_search_or_statement_breaks_the_door(doors: Doors) -> None:
    world = doors.world
    goods = (f"half_day:{world.values['half_day_id']}", f"desk:{to_text(doors.house.venue.id)}")
    values = [*VALUES, "\ud800", "at:7zzzzzzzzzzzz:7zzzzzzzzzzzz", f"appointment:{world.values['meeting_id']}"]
    for rule, method, address in doors:
        if not address.startswith("/equipe/scanner/") or method != "POST":
            continue
        for number, value in enumerate(values):
            for name in JSON:
                body = {
                    **WELL_FORMED,
                    "target": goods[number % 2],
                    "key": f"key-{number:04}",
                    "badge": "x",
                    "query": "abc",
                }
                doors.send(rule, method, address, json=body | {name: value})


def test_no_kind_of_content_breaks_a_page(doors: Doors) -> None:
    kinds = ("text/plain", "application/octet-stream", "multipart/form-data", "application/xml", "é/ü; charset=\x7f")
    for rule, method, address in doors:
        if method != "POST":
            continue
        for kind in kinds:
            doors.send(rule, method, address, data=b"\xff\xfe\0<x>&creneau=%FF", content_type=kind)
        doors.send(rule, method, address, data=b"first_name=%FF%FE&creneau=%00", content_type=FORM_TYPE)
        file = '--b\r\nContent-Disposition: form-data; name="{}"; filename="a.txt"\r\n\r\nx\r\n'
        files = "".join(file.format(name) for name in FORM) + "--b--\r\n"
        doors.send(rule, method, address, data=files, content_type="multipart/form-data; boundary=b")


FORM_TYPE = "application/x-www-form-urlencoded"


def test_no_header_breaks_a_page(doors: Doors) -> None:
    hostile = ("http://[", "null, null", "\x7f", MARKUP, "9" * 400, "é", "*/*;q=nan", "fr;q=1e999,,;;")
    names = ("Origin", "Sec-Fetch-Site", "Accept", "Accept-Language", "User-Agent", "If-None-Match", "Range", "Cookie")
    for rule, method, address in doors:
        for value in hostile:
            doors.send(rule, method, address, headers={name: value for name in names if name != "Cookie"})
            if not rule.rule.startswith("/equipe"):
                doors.send(rule, method, address, headers={"Cookie": f"langue={value}; equipe={value}", "Host": "x:y"})
        for name in ("Origin", "X-Forwarded-For", "Content-Length"):
            doors.send(rule, method, address, headers={name: "http://[" if name == "Origin" else "-1"})


def test_an_address_with_anything_in_it_leads_nowhere(doors: Doors) -> None:
    values = ["%00", "%FF", "..%2f..", "%E2%80%AE", "a" * 3000, "%0d%0aX-Header:1", quote(MARKUP)]
    ids_of_others = [doors.world.values["meeting_id"], doors.world.values["type_id"], "7zzzzzzzzzzzz", "zzzzzzzzzzzzz"]
    for rule, method in routes(doors.house.app):
        for name in sorted(rule.arguments):
            for value in values + ids_of_others:
                doors.send(rule, method, doors.address_with(rule, name, value))


def test_the_form_of_a_booking_breaks_on_neither_engine(house: House) -> None:
    kind = diary.open_reason(house)
    watch, client = Watch(house), house.client()
    kept = keep(client, house, kind).location
    for value in VALUES:
        for name in ("first_name", "last_name", "phone", "email", "booked_by"):
            person = WHO | {name: value}
            watch.judge(client.post(kept, data=person), f"{name}={value!r:.80}")
        for text in (f"{value}.-", value, f"202604140700.{value}"):
            answer = client.post(
                f"/o/{house.organisation.slug}/motif/{to_text(kind.id)}/garder", data={"creneau": text}
            )
            watch.judge(answer, f"creneau={text!r:.80}")
        watch.judge(client.get(f"/o/{quote(value)}"), f"slug={value!r:.80}")
        data = {"email": value, "password": "x", "language": value, "next": value}
        watch.judge(client.post("/langue", data=data), f"langue {value!r:.80}")
    for value in ("a\0b", "\ufdfa" * 80, "x" * 5000):
        watch.judge(client.post("/equipe/connexion", data={"email": value, "password": value}), f"log-in {value!r:.80}")


STRANGE = (
    MARKUP,
    '"><img src=x onerror=alert(1)>',
    "\u0645\u062d\u0645\u062f \u202ebdi",
    "\U0001f469\u200d\U0001f467",
    "\ufdfa" * 80,
    "{name}%s{0.__class__}",
    "BEGIN:VEVENT;X=\\n,",
)


def test_a_strange_name_is_a_name_on_every_page_and_in_every_message(house: House) -> None:
    kind = diary.open_reason(house)
    watch, staff, person = Watch(house), house.client(), house.client()
    house.log_in(staff, house.agents[0])
    for name in STRANGE:
        held = diary.hold(house, kind, diary.at(7))
        made = diary.confirm(house, held.token, Person(name, name, "+33639980001", "x@exemple.example", "fr", name))
        path = diary.ticket_path(house, made)
        for address in (path, f"{path}/annuler", f"{path}/deplacer", f"{path}/rendez-vous.ics", f"{path}/badge.svg"):
            watch.judge(person.get(address, headers=ENGLISH), address)
        watch.judge(staff.get("/equipe/jour?date=2026-04-14"), "the day")
        house.worker.run_until_empty()
        (_, mail), (_, sms) = house.mails[-1], house.texts[-1]
        assert not RAW.search(mail.html or "")
        calendar = (mail.calendar or ("", ""))[0]
        assert calendar.count("BEGIN:VEVENT") == 1
        assert not RAW.search(calendar)
        assert len(sms.text) <= 160
        assert not RAW.search(sms.text)
        assert as_email(mail, sender="a@b.example", key="k", now=house.now).as_bytes()
        diary.cancel(house, made)


NOT_ADDRESSES = (
    "a(b@exemple.example",
    "a:b@exemple.example",
    "[a]@exemple.example",
    "a\0@exemple.example",
    "a\u202e@exemple.example",
    "a..b@exemple.example",
    "a@exemple..example",
    "a@[192.0.2.1]",
    "a\\@exemple.example",
    "a@exemple.e\x07x",
)
ELSEWHERE = ("/\t/x.example", "//x.example", "/\\x.example", "/\n/x", "/\x85/x", "https://x", "", "x")


@pytest.mark.parametrize("typed", NOT_ADDRESSES)
def test_what_a_letter_would_read_as_something_else_is_not_an_address(typed: str) -> None:
    with pytest.raises(UnreadableContact):
        parse_email(typed)


def test_an_address_in_ones_own_letters_is_one() -> None:
    assert parse_email("Inès@société.example") == "inès@xn--socit-esab.example"


@pytest.mark.parametrize(
    "target", ["/\t/x.example", "//x.example", "/\\x.example", "/\n/x", "/\x85/x", "https://x", "", "x"]
)
def test_no_redirect_leads_to_another_site(target: str) -> None:
    assert not is_local_path(target)
    assert is_local_path("/equipe/jour?date=2026-04-13&venue=0")
