"""A manager imports people from a file: a trial with an error, the file mended, imported, all without a script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from directory.models import Beneficiary
from tests.journeys.conftest import Town
from tests.journeys.staff import log_in

HEADER = "Prénom;Nom;Téléphone\r\n"


def test_a_manager_tries_a_file_mends_it_and_imports_it_without_a_script(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "personnes.csv"
    with town.browser() as browser, town.page(browser, scripts=False) as page:
        log_in(town, page, "/equipe/jour", town.house.manager)
        page.get_by_role("link", name="Import").click()
        file.write_bytes(f"{HEADER}Zoé;Martin;06 39 98 00 01\r\nMax;;12\r\n".encode("cp1252"))
        page.get_by_label("Des personnes").check()
        page.get_by_label("Fichier CSV ou Excel").set_input_files(file)
        page.get_by_role("button", name="Faire un essai").click()
        expect(page.get_by_text("1 ligne est à corriger")).to_be_visible()
        expect(page.get_by_role("row", name="3 à corriger")).to_contain_text("Ce champ est nécessaire.")
        expect(page.get_by_role("button", name="Importer")).to_have_count(0)

        page.get_by_role("link", name="Choisir un autre fichier").click()
        file.write_bytes(f"{HEADER}Zoé;Martin;06 39 98 00 01\r\nMax;Roy;06 39 98 00 02\r\n".encode("cp1252"))
        page.get_by_label("Fichier CSV ou Excel").set_input_files(file)
        page.get_by_role("button", name="Faire un essai").click()
        page.get_by_role("button", name="Importer").click()
        expect(page.get_by_text("C'est importé.")).to_be_visible()
    with town.house.database.reading(town.house.organisation.id) as db:
        assert sorted(db.scalars(select(Beneficiary.first_name))) == ["Max", "Zoé"]


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_an_import_satisfy_axe(town: Town, tmp_path: Path, width: int) -> None:
    file = tmp_path / "personnes.csv"
    file.write_text(f"{HEADER}Zoé;Martin;06 39 98 00 01\r\nMax;;12\r\n", encoding="utf-8")
    with town.browser() as browser, town.page(browser, width=width) as page:
        log_in(town, page, "/equipe/import", town.house.manager)
        town.inspect(page)
        page.get_by_label("Fichier CSV ou Excel").set_input_files(file)
        page.get_by_role("button", name="Faire un essai").click()
        expect(page.get_by_text("1 ligne est à corriger")).to_be_visible()
        town.inspect(page)
