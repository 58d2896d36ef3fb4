"""Parquet files, read back and compared row by row with the database and with the CSV file."""

import gzip
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from pyarrow import parquet

from domain.models import ChargingSession
from portal.exports import parquet as writing
from tests.portal.table import oracle
from tests.portal.table.asking import NAMES, questions
from tests.portal.table.sample import SESSIONS

ALL = {"columns": ",".join(NAMES)}


def parquet_of(client: FlaskClient, params: dict[str, str]) -> pyarrow.Table:
    response = client.get("/statistics/export/parquet", query_string=params, buffered=True)
    assert (response.status_code, response.mimetype) == (200, "application/vnd.apache.parquet")
    assert response.headers["Content-Disposition"].endswith(".parquet")
    return parquet.read_table(io.BytesIO(response.data))


def kwh(energy_wh: int | None) -> Decimal | None:
    return None if energy_wh is None else Decimal(energy_wh) / 1000


def parquet_row(row: ChargingSession) -> dict[str, Any]:
    return {
        "started_at": row.started_at,
        "duration": None if row.duration_seconds is None else timedelta(seconds=row.duration_seconds),
        "ended_at": row.ended_at,
        "node_id": row.node_id,
        "site": row.site_name,
        "station": row.station_name,
        "outlet": row.outlet_number,
        "energy_kwh": kwh(row.energy_wh),
        "authorization": row.authorization,
        "email": row.email,
        "id": row.id,
        "logged_at": row.logged_at,
        "meter_kwh": kwh(row.meter_wh),
        "grade": row.grade,
        "review": bool(row.review_reasons),
    }


@given(question=questions())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_file_holds_just_what_is_filtered_in_its_order_and_typed(
    client: FlaskClient, rows: list[ChargingSession], question: Any
) -> None:
    texts, tests, sort, descending, _size = question
    params = {**texts, **ALL, "sort": f"-{sort}" if descending else sort}
    by_id = {row.id: row for row in rows}
    wanted = [parquet_row(by_id[key]) for key in oracle.expected(rows, tests, sort, descending)]
    assert parquet_of(client, params).to_pylist() == wanted


def test_columns_are_typed_and_the_file_tells_of_itself(client: FlaskClient) -> None:
    table = parquet_of(client, {**ALL, "energy_kwh": ">10"})
    moment, whole, energy = pyarrow.timestamp("us", tz="UTC"), pyarrow.int64(), pyarrow.decimal128(18, 3)
    assert {field.name: field.type for field in table.schema} == {
        **dict.fromkeys(("started_at", "ended_at", "logged_at"), moment),
        **dict.fromkeys(("node_id", "outlet", "authorization", "id"), whole),
        **dict.fromkeys(("energy_kwh", "meter_kwh"), energy),
        **dict.fromkeys(("site", "station", "email", "grade"), pyarrow.string()),
        "duration": pyarrow.duration("us"),
        "review": pyarrow.bool_(),
    }
    told = {name.decode(): value.decode() for name, value in table.schema.metadata.items()}
    assert (told["schema_version"], told["title"], told["filters"]) == ("1", "Statistics", "Energy kWh: >10")
    assert datetime.now(UTC) - datetime.fromisoformat(told["made_at"]) < timedelta(minutes=1)


def test_an_empty_table_is_a_file_with_its_columns(client: FlaskClient) -> None:
    table = parquet_of(client, {"columns": "id,site", "site": "nowhere"})
    assert (table.num_rows, table.schema.names) == (0, ["id", "site"])


def test_a_single_column_keeps_its_empty_values(client: FlaskClient, rows: list[ChargingSession]) -> None:
    emails = parquet_of(client, {"columns": "email", "sort": "id"}).column("email").to_pylist()
    assert emails == [row.email for row in sorted(rows, key=lambda row: row.id)]
    assert None in emails and "" in emails


def test_rows_lie_in_groups_so_that_memory_stays_flat(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "GROUP_BYTES", 1)
    monkeypatch.setattr("portal.exports.content.LINES_AT_ONCE", 100)
    response = client.get("/statistics/export/parquet?columns=id&sort=id", buffered=True)
    file = parquet.ParquetFile(io.BytesIO(response.data))
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [100, 100, SESSIONS - 200]
    ids = file.read().column("id").to_pylist()
    assert ids == sorted(ids)


@pytest.mark.parametrize("path", ["/statistics/export/csv.gz?", "/statistics/export/csv?gzip=yes&"])
def test_csv_is_compressed_on_request(client: FlaskClient, path: str) -> None:
    def asked(url: str) -> Any:
        return client.get(f"{url}sort=id&site=Århus", buffered=True)

    packed = asked(path)
    assert (packed.status_code, packed.mimetype) == (200, "application/gzip")
    assert packed.headers["Content-Disposition"].endswith(".csv.gz")
    assert gzip.decompress(packed.data) == asked("/statistics/export/csv?").data


def test_an_error_before_the_first_byte_is_a_page(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: Any) -> Any:
        raise RuntimeError("the database is gone")
        yield b""

    monkeypatch.setattr("portal.exports.content.copied", fails)
    for path in ("csv", "csv.gz", "parquet"):
        response = client.get(f"/statistics/export/{path}", buffered=True)
        assert (response.status_code, response.mimetype) == (500, "text/html")
