"""Firmware images: uploaded, compared, shown, sent, and not deleted while they are on their way."""

import base64
import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import get_settings
from domain import firmware_images
from domain.firmware_images import SigningFault
from domain.models import Action, Command, CommandBatch, CommandState, FirmwareImage, Site, Station
from portal import uploads
from tests.portal.api.client import ApiClient
from tests.portal.browser_like import Visitor, errors, notes
from tests.portal.conftest import EMAIL, PASSWORD

CONTENT = bytes(range(256)) * 400
SHA256 = hashlib.sha256(CONTENT).hexdigest()
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, portal: Flask) -> Iterator[Path]:
    """Where the images of these tests lie."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    yield tmp_path / "firmware"
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def api(portal: Flask) -> ApiClient:
    client = portal.test_client()
    login = client.post("/api/v1/security/login", json={"username": EMAIL, "password": PASSWORD})
    return ApiClient(client, login.json["access_token"])


def file(content: bytes = CONTENT, name: str = "CC 3.15.bin") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def add(administrator: Visitor, **fields: Any) -> Any:
    return administrator.send("/firmware_images/add", **{"version": "3.15", "file": file()} | fields)


def pem() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Maker")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    dated = builder.serial_number(1).not_valid_before(NOW).not_valid_after(NOW + timedelta(days=1))
    return dated.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def test_an_image_is_added(administrator: Visitor, db: Session, folder: Path) -> None:
    answer = add(administrator, vendor="CTEK", model="CC2", description="For the winter", expected_sha256=SHA256)
    image = db.scalars(select(FirmwareImage)).one()
    assert (answer.status_code, answer.location) == (302, f"/firmware_images/show/{image.id}")
    assert (image.vendor, image.model, image.version, image.description) == ("CTEK", "CC2", "3.15", "For the winter")
    assert (image.file_name, image.size_bytes, image.sha256) == ("CC_3.15.bin", len(CONTENT), SHA256)
    assert [path.name for path in folder.iterdir()] == [SHA256]
    page = administrator.get(answer.location)
    assert notes(page) == [("good", "CC2 3.15 was created.")]
    assert SHA256 in page.text
    fetched = administrator.get(f"/firmware_images/file/{image.id}")
    assert fetched.data == CONTENT
    assert fetched.headers["Content-Disposition"] == "attachment; filename=CC_3.15.bin"
    assert fetched.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"file": None}, ["Choose a file first."]),
        ({"file": file(b"")}, ["The file is empty."]),
        ({"version": ""}, ["This is needed."]),
        ({"expected_sha256": "0" * 64}, [f"The image has another one: {SHA256}. It was damaged, or is another."]),
        ({"signature": "c2ln"}, ["A signature and its certificate belong together."]),
        ({"signature": "c2ln", "signing_certificate": "x"}, [SigningFault.CERTIFICATE.value]),
        ({"signature": "/", "signing_certificate": pem()}, [SigningFault.SIGNATURE.value]),
    ],
)
def test_what_is_wrong_is_said(
    administrator: Visitor, db: Session, folder: Path, fields: dict[str, Any], said: list[str]
) -> None:
    sent = {"version": "3.15", "file": file()} | fields
    answer = administrator.send("/firmware_images/add", **{name: value for name, value in sent.items() if value})
    assert (answer.status_code, errors(answer)) == (422, said)
    assert db.scalars(select(FirmwareImage)).all() == []
    assert not folder.exists() or list(folder.iterdir()) == []


def test_a_version_is_there_once(administrator: Visitor, db: Session) -> None:
    add(administrator, model="A")
    assert errors(add(administrator, model="A", file=file())) == ["There is this version for this model already."]
    assert add(administrator, model="B", file=file()).status_code == 302
    assert len(db.scalars(select(FirmwareImage)).all()) == 2


def test_a_script_is_told_where_to_go(administrator: Visitor, db: Session) -> None:
    token = administrator.get("/firmware_images/add").text.split('name="csrf_token"')[1].split('value="')[1]
    fields = {"csrf_token": token.split('"')[0], "version": "1", "file": file()}
    answer = administrator.http.post("/firmware_images/add", data=fields, headers={"Accept": "application/json"})
    image = db.scalars(select(FirmwareImage)).one()
    assert (answer.status_code, answer.json) == (200, {"url": f"/firmware_images/show/{image.id}"})


def test_words_are_edited_and_the_file_stays(administrator: Visitor, db: Session) -> None:
    add(administrator)
    image = db.scalars(select(FirmwareImage)).one()
    path = f"/firmware_images/edit/{image.id}"
    assert 'type="file"' not in administrator.get(path).text
    signed = {"signing_certificate": pem(), "signature": base64.b64encode(b"signature").decode()}
    assert administrator.send(path, version="3.16", **signed).status_code == 302
    db.refresh(image)
    assert (image.version, image.sha256, image.signature) == ("3.16", SHA256, signed["signature"])
    assert "Signed</dt><dd>yes" in administrator.get(f"/firmware_images/show/{image.id}").text


def command(db: Session, image: FirmwareImage, state: CommandState) -> Command:
    site = Site(name="Harbour")
    db.add(site)
    db.flush()
    station = Station(
        site_id=site.id, name="CC-1", charge_box_id="CC-1", vendor="CTEK", model="CC2", firmware_version="3.15"
    )
    db.add(station)
    db.flush()
    made = Command(
        site_id=site.id, station_id=station.id, action=Action.UPDATE_FIRMWARE, parameters={"firmware": image.id},
        state=state, created_at=NOW, deadline_at=NOW,
    )  # fmt: skip
    db.add(made)
    db.commit()
    return made


def test_an_image_on_its_way_is_not_deleted(administrator: Visitor, db: Session, api: ApiClient) -> None:
    add(administrator, model="CC2")
    image = db.scalars(select(FirmwareImage)).one()
    made = command(db, image, CommandState.SENT)
    answer = administrator.send(f"/firmware_images/delete/{image.id}")
    said = "CC2 3.15 cannot be deleted while a command that sends it to a station is open."
    assert notes(administrator.get(answer.location)) == [("bad", said)]
    reason = "A command to a station names it and has not ended yet."
    assert api.delete(f"firmware_images/{image.id}") == (409, {"message": reason})
    made.state = CommandState.ACCEPTED
    db.commit()
    assert administrator.send(f"/firmware_images/delete/{image.id}").status_code == 302
    assert db.scalars(select(FirmwareImage)).all() == []


def test_the_page_tells_who_runs_it_and_whom_it_was_sent(administrator: Visitor, db: Session) -> None:
    add(administrator, vendor="CTEK", model="CC2")
    image = db.scalars(select(FirmwareImage)).one()
    page = administrator.get(f"/firmware_images/show/{image.id}").text
    assert "Stations that run it</dt><dd>0" in page
    assert "Not yet." in page
    command(db, image, CommandState.ACCEPTED)
    batch = CommandBatch(created_at=NOW, action=Action.UPDATE_FIRMWARE, parameters={"firmware": image.id}, stations=12)
    other = CommandBatch(created_at=NOW, action=Action.UPDATE_FIRMWARE, parameters={"firmware": 99}, stations=34)
    db.add_all([batch, other])
    db.commit()
    page = administrator.get(f"/firmware_images/show/{image.id}").text
    assert "Stations that run it</dt><dd>1" in page
    assert "12 stations" in page
    assert "34 stations" not in page
    assert f"action=update_firmware&amp;firmware={image.id}&amp;vendor=%3D%22CTEK%22&amp;model=%3D%22CC2%22" in page


def test_a_large_image_is_taken_and_a_larger_one_is_not(
    administrator: Visitor, db: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other forms of the portal end at 10 MB."""
    large = bytes(11_000_000)
    assert add(administrator, file=file(large)).status_code == 302
    assert db.scalars(select(FirmwareImage.size_bytes)).one() == len(large)
    monkeypatch.setattr(uploads, "LARGEST_BYTES", 12_000_000)
    assert add(administrator, version="2", file=file(bytes(13_100_000))).status_code == 413
    assert len(list(folder.iterdir())) == 1


def test_a_stranger_sends_nothing_large(visitor: Visitor, folder: Path) -> None:
    answer = visitor.http.post("/firmware_images/add", data={"file": file(bytes(11_000_000))})
    assert answer.status_code == 413
    assert not folder.exists()


def test_the_api(api: ApiClient, db: Session, folder: Path) -> None:
    def post(**fields: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {api.token}"}
        answer = api.http.post("/api/v1/firmware_images/", data=fields, headers=headers)
        return answer.status_code, answer.json

    status, made = post(version="3.15", model="CC2", file=file(), expected_sha256=SHA256.upper())
    image = db.scalars(select(FirmwareImage)).one()
    row = {
        "id": image.id,
        "version": "3.15",
        "vendor": "",
        "model": "CC2",
        "description": "",
        "signing_certificate": None,
        "signature": None,
        "file_name": "CC_3.15.bin",
        "size_bytes": len(CONTENT),
        "sha256": SHA256,
        "uploaded_at": image.uploaded_at.isoformat().replace("+00:00", "Z"),
    }
    assert (status, made) == (201, {"id": image.id, "result": row})
    assert api.get(f"firmware_images/{image.id}") == (200, {"id": image.id, "result": row})
    assert api.get("firmware_images/")[1]["result"] == [row]
    assert post(version="3.15", model="CC2", file=file()) == (
        422,
        {"message": {"version": ["There is this version for this vendor and model."]}},
    )
    needed = {"message": {"file": [f"A file of 1 to {firmware_images.LARGEST_BYTES} bytes is needed."]}}
    assert post(version="4") == (400, {"message": "The image and what belongs to it are sent as multipart/form-data"})
    assert post(version="4", file=file(b"")) == (422, needed)
    assert post(version="4", file=file(), expected_sha256="0" * 64)[0] == 422
    assert post(version="4", file=file(), nonsense="1") == (422, {"message": {"nonsense": ["Unknown field."]}})
    assert post(version="4", file=file(), sha256="1") == (422, {"message": {"sha256": ["Read-only."]}})
    assert post(version="4", file=file(), signature="x")[1] == {
        "message": {"signature": ["A signature and its certificate belong together."]}
    }
    assert api.put(f"firmware_images/{image.id}", {"version": "1"})[0] == 405
    assert api.delete(f"firmware_images/{image.id}")[0] == 200
    assert [path.name for path in folder.iterdir()] == [SHA256]


def test_the_document_tells_of_the_form(api: ApiClient) -> None:
    document = api.get("_openapi")[1]
    body = document["paths"]["/api/v1/firmware_images/"]["post"]["requestBody"]["content"]
    assert body == {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/FirmwareImageForm"}}}
    form = document["components"]["schemas"]["FirmwareImageForm"]
    assert form["properties"]["file"] == {"type": "string", "format": "binary"}
    assert set(form["required"]) == {"file", "version"}
