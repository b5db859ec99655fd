"""A tablet takes a key of its own by a one-time link, keeps it where nobody can take it out, and learns whose it is."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Town
from tests.journeys.devices import Tablet, offered
from tests.journeys.staff import Invited, log_in, press_until, training_under_way

KEY = """async (format) => {
  const database = await new Promise((resolve) => {
    const request = indexedDB.open("paraphe-device");
    request.onsuccess = () => resolve(request.result);
  });
  const identity = await new Promise((resolve) => {
    const request = database.transaction("kept").objectStore("kept").get("identity");
    request.onsuccess = () => resolve(request.result);
  });
  database.close();
  const key = identity.privateKey;
  const told = { isKey: key instanceof CryptoKey, extractable: key.extractable, written: JSON.stringify(identity) };
  try {
    await crypto.subtle.exportKey(format, key);
    return { ...told, exported: true };
  } catch (error) {
    return { ...told, exported: error.name };
  }
}"""


def test_a_manager_gives_the_link_and_the_tablet_says_whose_it_is(town: Town) -> None:
    training_under_way(town, [Invited("Sonia", "Lefèvre", "sonia@courriel.example")])
    tablet = Tablet(town)
    with town.browser() as browser, town.page(browser, width=1280) as page:
        log_in(town, page, "/equipe/cles", agent=town.house.manager)
        link = given_link(page)
    with tablet.opened() as page:
        page.goto(link)
        expect(page.get_by_role("button", name="Enrôler cet appareil")).to_be_visible()
        assert "#" not in page.url, "the token is out of the address at once"
        town.inspect(page)
        page.get_by_role("button", name="Enrôler cet appareil").click()
        expect(page.get_by_role("heading", name="C'est fait")).to_be_hidden()
        press_until_checked(page)
        press_until(page, "Enrôler cet appareil")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="C'est fait")).to_be_focused()
        expect(page.locator("#enrolled")).to_contain_text("Maison des Solidarités")
        expect(page.locator("#enrolled")).to_contain_text("Tablette de l'accueil")
        town.inspect(page)
        page.get_by_role("link", name="Ouvrir").click()
        expect(page.locator("#list-said")).to_contain_text("Liste du jour : 1 personne, à jour de")
        expect(page.locator("#owner")).to_contain_text("Maison des Solidarités")
        page.go_back()
        assert page.evaluate("location.href").endswith("/appareil/enroler"), "nor is it in the history"
        expect(page.locator("#enrolment-said")).to_contain_text("s'ouvre par un lien")


def given_link(page: Page) -> str:
    """Entrust a tablet on the staff's page, and have its link shown."""
    form = page.locator("form[action='/equipe/appareils']")
    form.locator("input[name$=name]").fill("Tablette de l'accueil")
    form.locator("select[name$=agent]").select_option(index=1)
    form.locator("button").click()
    page.get_by_role("button", name=re.compile("lien d'enrôlement")).click()
    link = page.locator("code.key").inner_text()
    assert "/appareil/enroler#" in link
    return link


def press_until_checked(page: Page) -> None:
    """Tick the box about the locked screen by keyboard alone."""
    page.get_by_label("L'écran de cet appareil se verrouille").focus()
    page.keyboard.press("Space")


def test_the_key_stays_in_the_browser_and_cannot_be_taken_out_of_it(town: Town) -> None:
    tablet = Tablet(town)
    with tablet.opened() as page:
        tablet.enrol(page)
        for form in ("jwk", "pkcs8", "raw"):
            told = page.evaluate(KEY, form)
            assert (told["isKey"], told["extractable"]) == (True, False)
            assert told["exported"] in {"InvalidAccessError", "NotSupportedError"}
            assert '"privateKey":{}' in told["written"]
    with tablet.opened() as page:
        page.goto("/appareil")
        expect(page.locator("#owner")).to_contain_text("Maison des Solidarités")


def test_a_link_is_good_once_and_says_so_kindly(town: Town) -> None:
    token = offered(town, "Tablette de l'accueil")
    for number, said in enumerate(("C'est fait", "Ce lien")):
        with Tablet(town, f"Tablette {number}").opened() as page:
            page.goto(f"/appareil/enroler#{token}")
            page.get_by_label("L'écran de cet appareil se verrouille").check()
            page.get_by_role("button", name="Enrôler cet appareil").click()
            expect(page.locator("#enrolment")).to_contain_text(said)


def test_a_browser_that_never_enrolled_is_told_what_to_do(town: Town) -> None:
    with Tablet(town).opened() as page:
        page.goto("/appareil")
        expect(page.get_by_role("heading", name="Cet appareil n'est pas enrôlé")).to_be_visible()
        expect(page.locator("#scanner")).to_be_hidden()
        town.inspect(page)
        page.goto("/appareil/enroler")
        expect(page.locator("#enrolment-said")).to_contain_text("lien d'enrôlement")
        town.inspect(page)
