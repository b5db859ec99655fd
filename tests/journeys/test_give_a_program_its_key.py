"""A manager entrusts a scanner and gives it a key, by keyboard and without a script; a program asks with it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.api import asking
from tests.journeys.conftest import Town
from tests.journeys.staff import log_in


def press_until(page: Page, role: str, name: str) -> None:
    """Go on by the keyboard until this is where one stands."""
    target = page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_a_manager_gives_a_scanner_its_key_by_keyboard_and_without_a_script(town: Town) -> None:
    with town.browser() as browser, town.page(browser, scripts=False) as page:
        log_in(town, page, "/equipe/cles", town.house.manager)
        press_until(page, "textbox", "Nom de l'appareil")
        page.keyboard.type("Téléphone de l'accueil")
        press_until(page, "button", "Confier l'appareil")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Téléphone de l'accueil, confié à Hugo Marchand")).to_be_visible()

        press_until(page, "textbox", "Nom de la clé")
        page.keyboard.type("Accueil")
        press_until(page, "combobox", "À qui elle est")
        page.keyboard.press("ArrowDown")
        press_until(page, "checkbox", "scanner")
        page.keyboard.press("Space")
        press_until(page, "button", "Faire la clé")
        page.keyboard.press("Enter")

        text = page.locator("code.key").inner_text()
        assert asking(town.house, text).get("/venues").status_code == 200
        assert asking(town.house, text).post("/venues").status_code == 403
        page.goto("/equipe/cles")
        assert text not in page.content()
        press_until(page, "button", "Révoquer Accueil")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Révoqué le")).to_be_visible()
        assert asking(town.house, text).get("/venues").status_code == 401


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_of_keys_and_the_page_of_the_api_satisfy_axe(town: Town, width: int) -> None:
    with town.browser() as browser, town.page(browser, width=width) as page:
        log_in(town, page, "/equipe/cles", town.house.manager)
        town.inspect(page)
        page.get_by_label("Nom de la clé").fill("Tableau de bord")
        page.get_by_role("button", name="Faire la clé").click()
        expect(page.get_by_role("alert")).to_be_focused()
        town.inspect(page)
        page.goto("/api/v1/")
        town.inspect(page)
        page.locator("details").nth(1).locator("summary").click()
        town.inspect(page)
