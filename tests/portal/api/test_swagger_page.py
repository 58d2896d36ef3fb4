"""The description as a page, in a real browser under the real Content-Security-Policy."""

from playwright.sync_api import Page, expect


def test_the_page_draws_every_operation_and_the_browser_forbids_nothing(signed_in_page: Page) -> None:
    said: list[str] = []
    signed_in_page.on("console", lambda message: said.append(message.text))
    signed_in_page.on("pageerror", lambda error: said.append(str(error)))
    signed_in_page.goto("/swagger/v1")
    operations = signed_in_page.locator(".opblock")
    document = signed_in_page.request.get("/api/v1/_openapi").json()
    expect(operations).to_have_count(sum(len(item.keys() - {"parameters"}) for item in document["paths"].values()))
    operations.filter(has_text="New station").click()
    expect(signed_in_page.locator(".opblock.is-open")).to_contain_text("charge_box_id")
    expect(signed_in_page.get_by_role("navigation", name="Functions")).to_be_visible()
    assert said == []
