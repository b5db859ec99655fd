"""Somebody far away signs: a personal link by one way, a one-time code by another; every wrong code hears the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from attendance.models import Grade, Method, Signature
from directory.models import Beneficiary
from tests.journeys.conftest import Town
from tests.journeys.staff import Invited, Planned, log_in, mailed_link, open_sheet, press_until, training_under_way

SONIA = Invited("Sonia", "Lefèvre", "sonia@courriel.example", "+33639980001")
AMADOU = Invited("Amadou", "Diallo", phone="+33639980002")
ZOE = Invited("Zoé", "Lê-Van", "zoe@courriel.example")
ASK = "Recevoir un code pour mon arrivée"


@pytest.fixture
def planned(town: Town) -> Planned:
    return training_under_way(town, (SONIA, AMADOU, ZOE))


@contextmanager
def attendee(town: Town, browser: Browser, *, scripts: bool = False) -> Iterator[Page]:
    """A telephone of 360 pixels, without JavaScript unless the test says otherwise."""
    with town.page(browser, scripts=scripts) as page:
        yield page


def send_links(town: Town, browser: Browser) -> None:
    """An agent presses the button in a real browser; then the worker sends what waits."""
    with town.page(browser, width=1280) as page:
        log_in(town, page)
        open_sheet(page)
        page.get_by_role("button", name="Envoyer les liens pour émarger").click()
        expect(page.get_by_text("3 liens partent.")).to_be_visible()
    town.deliver()
    town.mailbox.wait_for(2)


def ask(town: Town, page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_role("button", name=ASK).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre code")
    town.deliver()


def texted(town: Town) -> str:
    """The digits of the last SMS."""
    return str(re.findall(r"\b\d{6}\b", town.house.texts[-1][1].text)[0])


def mailed(town: Town, to: str, count: int) -> str:
    """The digits of the last mail that somebody received, once there are `count` mails in all."""
    town.mailbox.wait_for(count)
    received = [one for one in town.mailbox.received if to in one.recipients]
    body = received[-1].message.get_body(("plain",))
    assert body is not None
    return str(re.findall(r"\b\d{6}\b", str(body.get_content()))[0])


def type_code(page: Page, digits: str) -> tuple[int, str]:
    """Type a code; return the status and all that a person reads."""
    page.get_by_label("Code à six chiffres").fill(digits)
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.get_by_role("button", name="Émarger").click()
    page.wait_for_load_state()
    return answered.value.status, page.locator("main").inner_text()


def other_than(digits: str) -> str:
    return f"{(int(digits) + 1) % 1_000_000:06}"


def signatures(town: Town) -> list[Signature]:
    with town.house.database.reading(town.house.organisation.id) as db:
        return list(db.scalars(select(Signature).order_by(Signature.id)))


def test_a_link_by_mail_and_a_code_by_sms_sign_with_grade_c(town: Town, planned: Planned) -> None:
    with town.browser() as browser:
        send_links(town, browser)
        assert [text.to for _, text in town.house.texts] == ["+33639980002"], "only who has no mail gets an SMS"
        with attendee(town, browser) as page:
            ask(town, page, mailed_link(town, "sonia@courriel.example"))
            expect(page.get_by_text("part par SMS")).to_be_visible()
            digits = texted(town)
            assert town.house.texts[-1][1].to == "+33639980001"
            page.get_by_label("Code à six chiffres").fill(f"{digits[:3]} {digits[3:]}")
            page.get_by_role("button", name="Émarger").click()
            expect(page.get_by_text("C'est émargé. Merci.")).to_be_visible()
            expect(page.get_by_text("Arrivée émargée,")).to_be_visible()
            expect(page.get_by_role("button", name=ASK)).to_have_count(0)
            assert page.context.cookies() == []
    (signature,) = signatures(town)
    assert (signature.method, signature.grade) == (Method.ONE_TIME_CODE, Grade.C)
    assert (signature.attendee_id, signature.half_day_id) == (planned.attendees[0], planned.half_days[0])
    assert signature.link_id is not None


def test_a_link_by_sms_has_its_code_by_mail_with_grade_c_and_a_single_way_makes_grade_d(
    town: Town, planned: Planned
) -> None:
    house = town.house
    with town.browser() as browser:
        send_links(town, browser)
        (link,) = re.findall(r"https?://\S+", house.texts[0][1].text)
        house.database.in_transaction(
            house.organisation.id,
            lambda db: setattr(db.get_one(Beneficiary, planned.people[1]), "email", "amadou@courriel.example"),
        )
        with attendee(town, browser) as page:
            ask(town, page, link)
            expect(page.get_by_text("part par courriel")).to_be_visible()
            assert type_code(page, mailed(town, "amadou@courriel.example", 3))[0] == 303
        with attendee(town, browser) as page:
            ask(town, page, mailed_link(town, "zoe@courriel.example"))
            assert type_code(page, mailed(town, "zoe@courriel.example", 4))[0] == 303
    assert len(house.texts) == 1
    assert [(one.attendee_id, one.grade) for one in signatures(town)] == [
        (planned.attendees[1], Grade.C),
        (planned.attendees[2], Grade.D),
    ]


def test_a_code_that_is_wrong_run_out_replaced_worn_out_or_used_hears_the_same(town: Town, planned: Planned) -> None:
    heard = []
    with town.browser() as browser:
        send_links(town, browser)
        link = mailed_link(town, "sonia@courriel.example")
        with attendee(town, browser) as page:
            ask(town, page, link)
            form, first = page.url.split("?", maxsplit=1)[0], texted(town)
            heard.append(type_code(page, other_than(first)))
            heard.append(type_code(page, "12345"))
            town.house.clock.advance(timedelta(minutes=10))
            heard.append(type_code(page, first))  # run out
            page.get_by_role("button", name="Recevoir un autre code").click()
            town.deliver()
            second = texted(town)
            heard.append(type_code(page, first))  # replaced
            heard += [type_code(page, other_than(second)) for _ in range(4)]
            heard.append(type_code(page, second))  # right, but worn out by five tries
            page.get_by_role("button", name="Recevoir un autre code").click()
            town.deliver()
            third = texted(town)
            assert third not in {first, second}
            assert type_code(page, third)[0] == 303
            page.goto(form)
            heard.append(type_code(page, third))  # used
    assert {status for status, _ in heard} == {422}
    texts = {text for _, text in heard}
    assert len(texts) == 1, texts
    assert "Ce code n'est pas bon, ou ne l'est plus." in texts.pop()
    assert len(signatures(town)) == 1
    assert planned.attendees[0] == signatures(town)[0].attendee_id


def test_the_button_that_sends_the_links_is_reached_by_keyboard_and_its_page_satisfies_axe(
    town: Town, planned: Planned
) -> None:
    with town.browser() as browser, town.page(browser) as page:
        log_in(town, page)
        open_sheet(page)
        town.inspect(page)
        press_until(page, "Envoyer les liens pour émarger")
        page.keyboard.press("Enter")
        expect(page.get_by_text("3 liens partent.")).to_be_visible()
        town.inspect(page)


def test_signing_satisfies_axe_at_360_pixels_and_a_keyboard_is_enough(town: Town, planned: Planned) -> None:
    with town.browser() as browser:
        send_links(town, browser)
        with attendee(town, browser, scripts=True) as page:
            page.goto(mailed_link(town, "sonia@courriel.example"))
            town.inspect(page)
            press_until(page, ASK)
            page.keyboard.press("Enter")
            expect(page.get_by_role("heading", level=1)).to_have_text("Votre code")
            town.inspect(page)
            town.deliver()
            digits = texted(town)
            type_by_keyboard(town, page, digits)
            expect(page.get_by_text("C'est émargé. Merci.")).to_be_visible()
            town.inspect(page)
            page.goto(page.url.split("?", maxsplit=1)[0][:-1])
            town.inspect(page)  # a link that is not good
    assert [one.attendee_id for one in signatures(town)] == [planned.attendees[0]]


def type_by_keyboard(town: Town, page: Page, digits: str) -> None:
    """A wrong code first: the summary has the focus, and its link leads to the field."""
    press_until(page, "code")
    page.keyboard.type(other_than(digits))
    page.keyboard.press("Enter")
    expect(page.locator(".summary")).to_be_focused()
    town.inspect(page)
    press_until(page, "Ce code n'est pas bon")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code à six chiffres")).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(digits)
    page.keyboard.press("Enter")
