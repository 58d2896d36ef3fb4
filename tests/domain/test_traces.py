"""What of a person is found in texts and documents, and what only looks like it."""

import pytest

from domain.traces import Traces

MADS = Traces(["mads.krogh@example.com", "Mads Krogh"], ["DE:AD:BE:EF", "12"])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Mads Krogh called.", "deleted called."),
        ("mail to MADS.KROGH@example.com.", "mail to deleted."),
        ("email=%3D%22mads.krogh%40example.com%22&sort=id", "email=%3D%22deleted%22&sort=id"),
        ("q=Mads+Krogh", "q=deleted"),
        ("tag deadbeef was refused", "tag deleted was refused"),
        ("EFBEADDE, read from the other end", "deleted, read from the other end"),
        ("de ad be ef", "deleted"),
        ("3735928559", "deleted"),
        ('[2,"1","StartTransaction",{"connectorId":12,"idTag":"12","meterStart":12}]',
         '[2,"1","StartTransaction",{"connectorId":12,"idTag":"deleted","meterStart":12}]'),
        ('{"data":"{\\"idTag\\": \\"12\\"}"}', '{"data":"{\\"idTag\\": \\"deleted\\"}"}'),
        ("<cs:idTag>12</cs:idTag><v>12</v>", "<cs:idTag>deleted</cs:idTag><v>12</v>"),
        ("<idTag xmlns='urn:x'> 12 </idTag>", "<idTag xmlns='urn:x'> deleted </idTag>"),
    ],
)  # fmt: skip
def test_a_person_is_taken_out_of_a_text(text: str, left: str) -> None:
    assert MADS.without(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "other.mads.krogh@example.com",
        "mads.krogh@example.com.dk",
        "Mads Kroghlund",
        "12 kWh at 12:00",
        '{"value":"12","idTag":"123"}',
        '{"idTag":"18"}',
        "deadbeef01",
    ],
)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert MADS.without(text) == text


def test_a_document_keeps_its_shape() -> None:
    document = {
        "id_token": "0000000c",
        "id_tokens": ["12", "13"],
        "number": 3735928559,
        "note": ["x", {"of": "Mads Krogh"}],
    }
    assert MADS.without(document) == {
        "id_token": "deleted",
        "id_tokens": ["deleted", "13"],
        "number": 3735928559,
        "note": ["x", {"of": "deleted"}],
    }


def test_who_never_had_a_tag_is_found_by_name() -> None:
    ida = Traces(["ida@example.com", "Ida Søby"], [])
    assert ida.without({"by": "Ida Søby", "q": "Ida%20S%C3%B8by", "id_token": "12"}) == {
        "by": "deleted", "q": "deleted", "id_token": "12",
    }  # fmt: skip
    assert Traces.loaded(ida.dumped()) == ida
