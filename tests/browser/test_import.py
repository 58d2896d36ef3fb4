"""Import in a real browser, with the real worker: template, file, preview, progress, report."""

import csv
import io
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect


def test_a_template_is_filled_in_looked_at_and_imported(signed_in_page: Page, tmp_path: Path) -> None:
    page = signed_in_page
    page.goto("/users/import/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel: users and tags").click()
    file = tmp_path / "users.xlsx"
    download.value.save_as(file)
    book = load_workbook(file)
    users, tags = book.worksheets
    users.append(["Imke", "Import", "imke@example.org", "EV user", "a-password-1", None, None, "909090909"])
    users.append(["Ingo", "Import", "ingo@example.org", "Boss"])
    tags.append(["909090910", "imke@example.org", "Van 7", None, "2030-01-01", "no"])
    book.save(file)

    page.locator("input#files").set_input_files(file)
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Preview of the import")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(8)
    page.get_by_role("navigation", name="Outcomes").get_by_role("link", name="refused").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Boss is no role. Right would be one of:")
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.get_by_role("status")).to_have_text("All accepted rows were written.", timeout=30_000)
    with page.expect_download() as download:
        page.get_by_role("link", name="Report of every row (CSV)").click()
    report = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
    assert [(line["name"], line["outcome"]) for line in report][4:6] == [
        ("imke@example.org", "created"),
        ("ingo@example.org", "refused"),
    ]
    page.get_by_role("main").get_by_role("link", name="Users").last.click()
    expect(page.get_by_role("row", name="Imke")).to_contain_text("909090909")


def test_an_import_is_cancelled(signed_in_page: Page, tmp_path: Path) -> None:
    page = signed_in_page
    file = tmp_path / "many.csv"
    lines = [f"F,L,cancel{number}@example.org,Support,a-password-{number}" for number in range(2000)]
    file.write_text("\n".join(["First name,Last name,E-mail,Role,Password", *lines]))
    page.goto("/users/import/")
    page.locator("input#files").set_input_files(file)
    page.get_by_role("button", name="Show what would happen").click()
    page.get_by_role("button", name="Import 2,000 rows").click()
    expect(page.locator("#import-progress .import-told")).to_contain_text("of 2000", timeout=30_000)
    page.get_by_role("button", name="Cancel the import").click()
    expect(page.get_by_role("status")).to_have_text("Cancelled: nothing was written.")
    page.get_by_role("button", name="Look at the rows again").click()
    expect(page.get_by_role("button", name="Import 2,000 rows")).to_be_visible()
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("status")).to_have_text("The rows were forgotten. Nothing was written.")
