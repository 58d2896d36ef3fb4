"""A firmware image is uploaded in the browser; a station's upload shows as it comes in."""

import hashlib
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from domain import clock, station_files
from domain.file_access import Guest
from domain.file_paths import Place, parse
from domain.models import Site, Station

CONTENT = b"new software" * 100_000


def test_an_image_is_uploaded(signed_in_page: Page, tmp_path: Path) -> None:
    page = signed_in_page
    image = tmp_path / "cc 3.15.bin"
    image.write_bytes(CONTENT)
    page.goto("/firmware_images/add")
    page.get_by_label("Version").fill("browser 3.15")
    page.get_by_label("Image").set_input_files(image)
    page.get_by_label("SHA-256").fill("0" * 64)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".field.bad")).to_contain_text("The image has another one")
    assert page.get_by_label("Image").input_value().endswith("cc 3.15.bin"), "what was chosen stays chosen"
    page.get_by_label("SHA-256").fill(hashlib.sha256(CONTENT).hexdigest())
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".note.good")).to_contain_text("browser 3.15 was created.")
    with page.expect_download() as download:
        page.get_by_role("link", name="cc_3.15.bin").click()
    assert download.value.path().read_bytes() == CONTENT
    page.get_by_role("link", name="Update stations …").click()
    page.wait_for_url(lambda url: "/bulk/?action=update_firmware&firmware=" in url)


def test_an_upload_is_seen_as_it_comes_in(signed_in_page: Page, db: Session) -> None:
    site = Site(name="Site of files")
    db.add(site)
    db.flush()
    station = Station(site_id=site.id, name="Files 1", charge_box_id="browser-files-1")
    db.add(station)
    db.commit()
    page, guest = signed_in_page, Guest(station.id, site.id)
    page.goto(f"/station_files/?node=station-{station.id}")
    expect(page.get_by_text("No station here has uploaded a file yet.")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-live", "on")
    place: Place = parse("/uploads/live.log")
    file, _room = station_files.begin(db, guest, place, "ftp", clock.now())
    db.commit()
    row = page.get_by_role("row").filter(has_text="live.log")
    expect(row).to_contain_text("Receiving")
    station_files.grow(db, guest, file.id, 12_300, clock.now())
    db.commit()
    expect(row).to_contain_text("12.3")
    station_files.complete(db, guest, file.id, 45_600, "a" * 64, clock.now())
    db.commit()
    expect(row).to_contain_text("Complete")
    expect(row).to_contain_text("45.6")
    expect(row.get_by_title("a" * 64)).to_be_visible()
