"""The topology in a real browser: built by hand, and 500 stations out of a workbook."""

from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.fixtures.browser import SIZES

STATIONS = 500


def test_five_hundred_stations_out_of_the_template(sized_page: Page, tmp_path: Path) -> None:
    page = sized_page
    is_wide = page.viewport_size == SIZES["wide"]
    park = "Import park" if is_wide else "Pocket park"
    page.goto("/topology/")
    page.get_by_role("link", name="Import …").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel", exact=True).click()
    file = tmp_path / "topology.xlsx"
    download.value.save_as(file)
    book = load_workbook(file)
    sheet = book.active
    headings = [cell.value for cell in sheet[1]]
    for number in range(STATIONS):
        told = {
            "Site": park,
            "Floor": f"Level {number % 5}",
            "Station": f"IP-{number}",
            "Charge box id": f"{park} {number}",
            "Outlet": 1,
        }
        sheet.append([told.get(heading) for heading in headings])
    book.save(file)

    page.locator("input#files").set_input_files(file)
    page.get_by_role("button", name="Show what would happen").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Preview of the import")
    expect(page.locator("tbody")).to_contain_text(f"{park} / Level 0 / IP-0 / 1")
    page.get_by_role("button", name="Import 500 rows").click()
    expect(page.get_by_role("status")).to_have_text("All accepted rows were written.", timeout=60_000)
    page.get_by_role("main").get_by_role("link", name="Topology").last.click()

    outline = page.locator(".outline")
    outline.get_by_role("link", name=park).click()
    expect(outline.get_by_role("row", name="Level 3")).to_contain_text("100")
    outline.get_by_role("link", name="Level 3").click()
    expect(outline.get_by_role("link", name="IP-498")).to_be_visible()
    if not is_wide:
        page.get_by_role("button", name="Menu", exact=True).click()
    tree = page.get_by_role("tree")
    expect(tree.get_by_role("treeitem", name="Level 3", selected=True)).to_be_visible()
    expect(tree).to_contain_text(park)


def test_a_branch_is_created_and_removed(signed_in_page: Page) -> None:
    page = signed_in_page

    def create(what: str, **fields: str) -> None:
        page.get_by_text("Create ▾").click()
        page.get_by_role("menuitem", name=what, exact=True).click()
        for label, value in fields.items():
            page.get_by_role("dialog").get_by_label(label.replace("_", " "), exact=False).first.fill(value)
        page.get_by_role("dialog").get_by_role("button", name="Save").click()
        expect(page.get_by_role("status").first).to_contain_text("was created.")

    page.goto("/topology/")
    create("Site", Name="Branch site")
    outline = page.locator(".outline")
    outline.get_by_role("link", name="Branch site").click()
    create("Floor", Name="Branch floor")
    outline.get_by_role("link", name="Branch floor").click()
    create("Station", Name="Branch station", Charge_box_id="BRANCH-1")
    outline.get_by_role("link", name="Branch station").click()
    create("Outlet", Parking="P-1")
    expect(outline.get_by_role("link", name="Outlet 1")).to_be_visible()

    page.get_by_role("link", name="Remove").click()
    expect(page.get_by_role("dialog")).to_contain_text("Branch station cannot be deleted, because it contains")
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    for name in ("Outlet 1", "Branch station", "Branch floor", "Branch site"):
        outline.get_by_role("link", name=name).click()
        expect(outline.get_by_role("link", name=name)).to_have_attribute("aria-current", "true")
        page.get_by_role("link", name="Remove").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        expect(page.get_by_role("status").first).to_contain_text("was deleted.")
    expect(outline).not_to_contain_text("Branch")
