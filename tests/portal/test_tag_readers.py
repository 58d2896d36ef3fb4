"""How stations read tags: the settings of sites and stations."""

import html
import re

from sqlalchemy.orm import Session

from domain.id_tokens import TagByteOrder, TagDigits
from domain.models import Site, Station
from tests.portal.browser_like import Visitor, errors

FACT = re.compile(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>")


def facts(visitor: Visitor, path: str) -> tuple[str, str]:
    told = {html.unescape(name): html.unescape(value) for name, value in FACT.findall(visitor.get(path).text)}
    return told["Byte order of tags"], told["Tags of digits alone"]


def test_a_station_reads_tags_as_it_says_itself_else_as_its_site(administrator: Visitor, db: Session) -> None:
    administrator.send("/sites/add", name="A")
    administrator.send("/stations/add", name="A1", charge_box_id="a1", kind="charging_station", site_id="1")
    site, station = db.get_one(Site, 1), db.get_one(Station, 1)
    usual = ("As printed on the tag (the usual)", "Decimal (the usual)")
    assert facts(administrator, "/sites/show/1") == facts(administrator, "/stations/show/1") == usual

    saved = administrator.send("/sites/edit/1", name="A", tag_byte_order="reversed", tag_digits="hexadecimal")
    assert saved.status_code == 302
    db.refresh(site)
    assert (site.tag_byte_order, site.tag_digits) == (TagByteOrder.REVERSED, TagDigits.HEXADECIMAL)
    assert facts(administrator, "/sites/show/1") == ("Reversed", "Hexadecimal")
    assert facts(administrator, "/stations/show/1") == ("Reversed (as the site)", "Hexadecimal (as the site)")

    form = {"name": "A1", "charge_box_id": "a1", "kind": "charging_station", "site_id": "1"}
    administrator.send("/stations/edit/1", **form, tag_byte_order="as_printed", tag_digits="")
    db.refresh(station)
    assert (station.tag_byte_order, station.tag_digits) == (TagByteOrder.AS_PRINTED, None)
    assert facts(administrator, "/stations/show/1") == ("As printed on the tag", "Hexadecimal (as the site)")
    page = administrator.get("/stations/edit/1").text
    assert '<option selected value="as_printed">As printed on the tag</option>' in page
    assert '<option selected value="">As the site</option>' in page

    administrator.send("/sites/edit/1", name="A", tag_byte_order="", tag_digits="")
    db.refresh(site)
    assert (site.tag_byte_order, site.tag_digits) == (None, None)


def test_nonsense_is_no_setting(administrator: Visitor) -> None:
    administrator.send("/sites/add", name="A")
    assert errors(administrator.send("/sites/edit/1", name="A", tag_byte_order="sideways", tag_digits="octal")) == [
        "Invalid Choice: could not coerce.", "Invalid Choice: could not coerce.",
    ]  # fmt: skip
