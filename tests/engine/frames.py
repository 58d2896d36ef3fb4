"""Frames of stations, right ones and every kind of wrong one, for tests that throw them at the engine.

hypothesis makes calls from the schemas of the `ocpp` package; each is then spoilt in a number of ways by a random
number that it also made, so that a failure is found again and made smaller.
"""

import json
import random
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from engine import schemas
from engine.ocpp16.routes import ROUTES

Call = list[Any]
Frame = str | bytes

TIMES = (
    "2026-11-22T10:00:00Z",
    "2026-11-22T11:00:00.123+01:00",
    "2026-11-22 10:00:00",
    "1970-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
)
NUMBERS: dict[str, tuple[int, ...]] = {"connectorId": (1, 2, 100), "requestId": (-1, 0, 1, 2**31, 2**63 - 1, 2**64 - 1)}
OTHER_NUMBERS = (-(2**63) + 1, -1, 0, 1, 2, 3, 4711, 2**31, 2**63 - 1)
VALUES = ("0", "1.5", "1,5", "-3", "1e3", "", "abc", "nan", "99999999999999999999", "æøå")

texts = st.sampled_from(("", "T", "tag", "æøå\u2028", "\\u0000", "\x7f\t\n", "x" * 20)) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20
)


def of_schema(schema: dict[str, Any], name: str = "", definitions: dict[str, Any] | None = None) -> st.SearchStrategy:
    """What a schema allows."""
    definitions = schema.get("definitions", definitions)
    if "$ref" in schema:
        return of_schema(definitions[schema["$ref"].removeprefix("#/definitions/")], name, definitions)
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"], schema.get("format"), name:
        case "object", _, _:
            fields = {inner: of_schema(what, inner, definitions) for inner, what in schema["properties"].items()}
            required = schema.get("required", ())
            optional = {inner: what for inner, what in fields.items() if inner not in required}
            return st.fixed_dictionaries({inner: fields[inner] for inner in required}, optional=optional)
        case "array", _, _:
            return st.lists(of_schema(schema["items"], name, definitions), min_size=1, max_size=3)
        case "integer", _, _:
            return st.sampled_from(NUMBERS.get(name, OTHER_NUMBERS))
        case _, "date-time", _:
            return st.sampled_from(TIMES)
        case _, _, "value":
            return st.sampled_from(VALUES)
    return texts.map(lambda text: text[: schema.get("maxLength", 20)])


calls: st.SearchStrategy[Call] = st.one_of(
    st.tuples(
        st.just(2),
        st.sampled_from(("a", "7", "x" * 36, "æ\\")),
        st.just(action),
        of_schema(schemas.load("v16", action), action),
    ).map(list)
    for action in sorted(ROUTES.by_action)
)


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


WILD = (
    None, True, False, "", " ", "\0", "a\0b", "a\0", "\ud800", "\udfff\ud800", "x" * 5000, "1", "-1", "1,5", "1.234,5",
    "NaN", "٣", -1, 0, 1, 101, 2**31, 2**53 + 1, 2**63 - 1, 2**63, 2**64, -(2**63), -(2**63) - 1, 10**40, 1.0, 0.5,
    -0.0, 1e22, 1e308, float("inf"), float("nan"), [], {}, [[]], {"": ""}, {"value": None}, [None], nested(300),
)  # fmt: skip


def wild(dice: random.Random) -> Any:
    return deepcopy(dice.choice(WILD))


def spoilt(call: Call, seed: int) -> Iterator[Frame]:
    """The call as it is, and then once in each way of spoiling it."""
    yield json.dumps(call)
    for number, spoil in enumerate(SPOILING):
        yield spoil(json.loads(json.dumps(call)), random.Random(seed + number))


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a message: the container and the key or index."""
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    for key in list(keys):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from places(value[key])


def another_value(call: Call, dice: random.Random) -> str:
    container, key = dice.choice(list(places(call)))
    container[key] = wild(dice)
    return json.dumps(call, ensure_ascii=dice.random() < 0.9 or "\\ud" in json.dumps(call))


def several_other_values(call: Call, dice: random.Random) -> str:
    for container, key in dice.choices(list(places(call)), k=3):
        container[key] = wild(dice)
    return json.dumps(call)


def other_letters(call: Call, dice: random.Random) -> str:
    """Words in other letters, numbers as texts, texts as numbers."""
    for container, key in list(places(call[3])):
        match container[key]:
            case str() as text:
                container[key] = dice.choice((text.upper(), text.lower(), f" {text}", len(text)))
            case int() as number:
                container[key] = dice.choice((str(number), float(number), f"{number},0"))
    return json.dumps(call)


def a_field_less(call: Call, dice: random.Random) -> str:
    fields = [(container, key) for container, key in places(call[3]) if isinstance(container, dict)]
    if fields:
        container, key = dice.choice(fields)
        del container[key]
    return json.dumps(call)


def a_field_more(call: Call, dice: random.Random) -> str:
    inner = [container[key] for container, key in places(call) if isinstance(container[key], dict)]
    dice.choice(inner)[dice.choice(("vendor", "", "connectorid", "transactionId "))] = wild(dice)
    return json.dumps(call)


def a_field_twice(call: Call, dice: random.Random) -> str:
    field = dice.choice(list(call[3]) or ["a"])
    return json.dumps(call).replace("{", f"{{{json.dumps(field)}: {json.dumps(wild(dice))}, ", 1)


def another_length(call: Call, dice: random.Random) -> str:
    return json.dumps(call[: dice.randrange(4)] if dice.random() < 0.5 else [*call, wild(dice)])


def another_kind(call: Call, dice: random.Random) -> str:
    """Some of these are answers to nothing that was asked."""
    call[0] = dice.choice((3, 4, 3, 4, 1, 5, 2.0, "2", True, None, [2]))
    return json.dumps(call)


def cut_off(call: Call, dice: random.Random) -> str:
    text = json.dumps(call)
    return text[: dice.randrange(len(text))]


def another_character(call: Call, dice: random.Random) -> str:
    text = json.dumps(call, ensure_ascii=False)
    place = dice.randrange(len(text))
    return text[:place] + dice.choice('[]{},:"\\0\x00\x1f\u2028') + text[place + dice.randrange(2) :]


def in_bytes(call: Call, dice: random.Random) -> bytes:
    frame = bytearray(json.dumps(call).encode())
    if dice.random() < 0.5:
        frame[dice.randrange(len(frame))] = dice.randrange(256)
    return bytes(frame)


SPOILING: tuple[Callable[[Call, random.Random], Frame], ...] = (
    another_value,
    several_other_values,
    other_letters,
    a_field_less,
    a_field_more,
    a_field_twice,
    another_length,
    another_kind,
    cut_off,
    another_character,
    in_bytes,
)
