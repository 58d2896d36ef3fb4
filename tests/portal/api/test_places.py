"""Plans, positions and addresses, for programs."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from domain.floor_plans import LARGEST_BYTES
from domain.models import Floor, Site, Station
from tests.pictures import SVG, huge_png, padded, picture
from tests.portal.api.client import ApiClient


@pytest.fixture(autouse=True)
def deck(db: Session) -> None:
    site = Site(name="Harbour")
    db.add(site)
    db.flush()
    db.add(Floor(site_id=site.id, name="Deck"))
    db.flush()
    db.add(Station(site_id=site.id, floor_id=1, name="In", charge_box_id="in"))
    db.flush()
    db.add(Station(site_id=site.id, name="Out", charge_box_id="out"))
    db.commit()


def raw(api: ApiClient) -> tuple[FlaskClient, dict[str, str]]:
    return api.http, {"Authorization": f"Bearer {api.token}"}


def test_a_plan_is_put_fetched_and_deleted(api: ApiClient) -> None:
    http, headers = raw(api)
    assert api.get("floors/1/plan")[0] == 404
    status, answer = api.call("PUT", "floors/1/plan", data=picture("JPEG"), content_type="application/octet-stream")
    assert (status, answer["result"]["plan_width_px"], answer["result"]["plan_height_px"]) == (200, 300, 200)
    assert api.get("floors/1")[1]["result"]["plan_sha256"] == answer["result"]["plan_sha256"]
    got = http.get("/api/v1/floors/1/plan", headers=headers)
    assert (got.status_code, got.content_type, got.headers["X-Content-Type-Options"]) == (200, "image/jpeg", "nosniff")
    assert api.delete("floors/1/plan") == (200, {"message": "OK"})
    assert api.get("floors/1/plan")[0] == 404
    assert api.get("floors/1")[1]["result"]["plan_sha256"] is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The body is empty; a JPEG or PNG picture is needed."),
        (SVG, "By its content this is no JPEG or PNG picture. It is SVG."),
        (huge_png(30_000, 30_000), "At most 36000000 pixels."),
        (padded(picture(), LARGEST_BYTES + 1), "At most 2000000 bytes."),
        (picture("JPEG")[:800], "The picture is damaged or incomplete."),
    ],
    ids=["empty", "SVG", "bomb", "large", "half"],
)
def test_what_is_no_plan_is_refused(api: ApiClient, content: bytes, reason: str) -> None:
    answer = api.call("PUT", "floors/1/plan", data=content, content_type="image/png")
    assert answer == (422, {"message": {"plan": [reason]}})


@pytest.mark.parametrize("key", [99, 10**12])
def test_of_a_floor_that_is_not_there(api: ApiClient, key: int) -> None:
    assert api.call("PUT", f"floors/{key}/plan", data=picture())[0] == 404
    assert api.get(f"floors/{key}/plan")[0] == 404
    assert api.delete(f"floors/{key}/plan")[0] == 404


def test_a_station_is_placed(api: ApiClient) -> None:
    status, answer = api.put("stations/1", {"plan_x": 0.25, "plan_y": 1})
    assert (status, answer["result"]["plan_x"], answer["result"]["plan_y"]) == (200, 0.25, 1.0)
    status, answer = api.put("stations/1", {"floor": None})
    assert (answer["result"]["plan_x"], answer["result"]["plan_y"]) == (None, None)
    status, answer = api.put("stations/1", {"floor": 1, "plan_x": 0.5, "plan_y": 0.5})
    assert (status, answer["result"]["plan_x"]) == (200, 0.5)


TOGETHER = "plan_x and plan_y belong together, and to a station that stands on a floor."


@pytest.mark.parametrize(
    ("key", "sent", "reasons"),
    [
        (1, {"plan_x": 0.5}, {"plan_x": [TOGETHER]}),
        (2, {"plan_x": 0.5, "plan_y": 0.5}, {"plan_x": [TOGETHER]}),
        (2, {"latitude": 56.1}, {"latitude": ["latitude and longitude belong together."]}),
    ],
)
def test_what_belongs_together_is_told(api: ApiClient, key: int, sent: dict, reasons: dict) -> None:
    assert api.put(f"stations/{key}", sent) == (422, {"message": reasons})


@pytest.mark.parametrize(
    "sent", [{"plan_x": 1.5, "plan_y": 0}, {"latitude": 91, "longitude": 0}, {"street": "x" * 201}]
)
def test_what_is_out_of_range_is_refused(api: ApiClient, sent: dict) -> None:
    status, answer = api.put("stations/1", sent)
    assert (status, answer["message"].keys()) == (422, {next(iter(sent))})


def test_an_address_of_its_own(api: ApiClient) -> None:
    sent = {
        "street": "Pier 7",
        "postal_code": "8000",
        "city": "Aarhus",
        "country": "Danmark",
        "latitude": 56.1,
        "longitude": 10.2,
    }
    status, answer = api.put("stations/2", sent)
    assert status == 200
    assert answer["result"].items() >= sent.items()
