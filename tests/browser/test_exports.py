"""Exports in a real browser, with the real worker: menu, progress, download, cancel, and a regular one."""

from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect


def ask(page: Page, kind: str) -> None:
    """For a file of Statistics from its menu; the demo company's table is small, so its large way is asked for."""
    page.goto("/statistics/")
    page.get_by_text("Export ▾").click()
    expect(page.get_by_role("menuitem", name="CSV, gzip (.csv.gz)")).to_be_visible()
    page.evaluate(
        """kind => {
            const link = [...document.querySelectorAll(".menu a")].find(a => a.textContent.trim() === kind);
            const form = document.createElement("form");
            form.method = "post";
            form.action = link.href;
            form.append(document.querySelector("input[name=csrf_token]").cloneNode());
            document.body.append(form);
            form.submit();
        }""",
        kind,
    )
    expect(page.get_by_role("heading", level=1)).to_contain_text("Exports")


def test_a_file_is_made_while_one_looks_on_and_is_had(signed_in_page: Page, tmp_path: Path) -> None:
    page = signed_in_page
    ask(page, "Excel (.xlsx)")
    line = page.locator("[data-export]").first
    expect(line).to_have_attribute("data-state", "done", timeout=60_000)
    with page.expect_download() as download:
        line.get_by_role("link", name="Download Statistics").click()
    file = tmp_path / "statistics.xlsx"
    download.value.save_as(file)
    assert load_workbook(file).active["A1"].value.startswith("Start")
    line.get_by_role("button", name="Remove Statistics").click()
    expect(page.get_by_text("The file was removed.")).to_be_visible()


def test_one_that_waits_is_cancelled(signed_in_page: Page) -> None:
    """The third: one process makes them one after the other, and each takes seconds."""
    page = signed_in_page
    for _number in range(3):
        ask(page, "Parquet (.parquet)")
    line = page.locator("[data-export]").first
    line.get_by_role("button", name="Cancel Statistics").click()
    expect(page.get_by_text("The export was cancelled.")).to_be_visible()
    expect(line).to_have_attribute("data-state", "cancelled")
    expect(line.get_by_role("link", name="Download")).to_have_count(0)


def test_the_menu_leads_to_a_regular_export(signed_in_page: Page) -> None:
    page = signed_in_page
    page.goto("/statistics/")
    page.get_by_text("Export ▾").click()
    page.get_by_role("menuitem", name="Export regularly …").click()
    page.get_by_label("Name").fill("Night figures")
    page.get_by_label("How often").select_option("Each week")
    page.get_by_label("Goes to").select_option("SFTP server")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Write the name of the server")).to_be_visible()
    expect(page.get_by_label("Day of the month")).to_be_hidden()
    page.locator("#host").fill("files.example.com")
    page.locator("#account").fill("data")
    page.locator("#password").fill("a-password-9")
    page.get_by_role("button", name="Save").click()
    line = page.locator(".exports li").filter(has_text="Night figures")
    expect(line).to_contain_text("Each week on Monday at 06:00 → SFTP server files.example.com")
    line.get_by_role("button", name="Pause Night figures").click()
    expect(line).to_contain_text("Paused")
    line.get_by_role("button", name="Remove Night figures").click()
    expect(page.get_by_text("There is no regular export yet.")).to_be_visible()
