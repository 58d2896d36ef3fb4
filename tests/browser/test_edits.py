"""Two pages with the same form."""

from itertools import count

from playwright.sync_api import Browser, Page, expect

from domain.db import session_factory
from domain.models import Site
from tests.fixtures.product import PortalServer

numbers = count(1)


def make_site() -> Site:
    with session_factory()() as db:
        site = Site(name=f"Edited {next(numbers)}", city="Odense")
        db.add(site)
        db.commit()
        return site


def test_the_second_of_two_sees_both_values_and_decides(
    portal_server: PortalServer, browser: Browser, signed_in_page: Page
) -> None:
    site = make_site()
    first = signed_in_page
    second = first.context.new_page()
    for page in (first, second):
        page.goto(f"/sites/edit/{site.id}?node=site-{site.id}")
    first.get_by_label("Name", exact=False).first.fill(f"First {site.id}")
    first.get_by_label("Description", exact=False).fill("In Aarhus")
    first.get_by_role("button", name="Save").click()
    expect(first.get_by_role("status").first).to_contain_text("was saved.")

    second.get_by_label("Name", exact=False).first.fill(f"Second {site.id}")
    second.get_by_label("Time zone").select_option("Europe/Oslo")
    second.get_by_role("button", name="Save").click()
    told = second.get_by_role("alert").filter(has_text="Somebody else saved this while you were editing")
    expect(told).to_contain_text(f"First {site.id}")
    expect(told).to_contain_text(f"Second {site.id}")
    expect(second.get_by_label("Name", exact=False).first).to_have_value(f"Second {site.id}")
    expect(second.get_by_label("Time zone")).to_have_value("Europe/Oslo")
    expect(second.get_by_label("Description", exact=False)).to_have_value("In Aarhus")
    told.get_by_role("checkbox", name="take theirs").check()
    second.get_by_role("button", name="Save").click()
    expect(second.get_by_role("status").first).to_contain_text(f"First {site.id} was saved.")
    expect(second.get_by_role("main")).to_contain_text("Europe/Oslo")
