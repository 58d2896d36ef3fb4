"""Frames without a socket."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import rpc
from engine.rpc import Call, CallError, ErrorCode

MALFORMED = {
    "not JSON": ("hello", "-1"),
    "empty": ("", "-1"),
    "an object": ("{}", "-1"),
    "a number": ("2", "-1"),
    "an empty array": ("[]", "-1"),
    "the type alone": ("[2]", "-1"),
    "no action": ('[2,"a"]', "a"),
    "no payload": ('[2,"a","Heartbeat"]', "a"),
    "five elements": ('[2,"a","Heartbeat",{},{}]', "a"),
    "an id that is a number": ('[2,1,"Heartbeat",{}]', "-1"),
    "an id that is empty": ('[2,"","Heartbeat",{}]', "-1"),
    "an id that is too long": (f'[2,"{"x" * 37}","Heartbeat",{{}}]', "x" * 37),
    "an action that is a number": ('[2,"a",1,{}]', "a"),
    "a payload that is null": ('[2,"a","Heartbeat",null]', "a"),
    "a payload that is an array": ('[2,"a","Heartbeat",[]]', "a"),
    "an unknown type": ('[9,"a","Heartbeat",{}]', "a"),
    "a type that is a text": ('["2","a","Heartbeat",{}]', "a"),
    "a type that is true": ('[true,"a","Heartbeat",{}]', "a"),
    "cut off": ('[2,"a","Heartbeat",{', "a"),
    "a lone surrogate": ('[2,"a","Authorize",{"idTag":"\\ud800"}]', "a"),
    "a number too large": ('[2,"a","Authorize",{"idTag":1e999}]', "a"),
    "NaN": ('[2,"a","Authorize",{"idTag":NaN}]', "a"),
    "nested more deeply than any message": ('[2,"a","DataTransfer",{"data":' + "[" * 30 + "]" * 30 + "}]", "a"),
    "nested too deeply": ('[2,"a","Authorize",' + "[" * 5000 + "]" * 5000 + "]", "a"),
    "binary": (b'[2,"a","Heartbeat",{}]', "a"),
    "binary and no UTF-8": (b"\xff\xfe", "-1"),
}


@pytest.mark.parametrize(("frame", "unique_id"), MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_frame_is_refused_with_the_id_where_one_can_be_read(frame, unique_id):
    with pytest.raises(CallError) as refused:
        rpc.read(frame)
    assert (refused.value.code, refused.value.unique_id) == (ErrorCode.FORMATION_VIOLATION, unique_id)


@pytest.mark.parametrize(
    "frame", ['[3,"a",{}]', "[3]", "[4]", '[4,"a","GenericError","",{}]', '[3,1,"x",null,5]'], ids=str
)
def test_an_answer_is_never_answered(frame):
    assert isinstance(rpc.read(frame), rpc.Answer)


NUL = {
    "in a text": ({"a": "x\0y"}, "a"),
    "in a name": ({"a": {"\0b": 1}}, "a field's name"),
    "deep inside": ({"a": [{"b": ["", "\0 "]}]}, "a[0].b[1]"),
}


@pytest.mark.parametrize(("payload", "where"), NUL.values(), ids=NUL.keys())
def test_no_text_may_contain_nul(payload, where):
    with pytest.raises(CallError) as refused:
        rpc.read(orjson.dumps([2, "a", "DataTransfer", payload]).decode())
    assert refused.value.code == ErrorCode.PROPERTY_CONSTRAINT_VIOLATION
    assert refused.value.unique_id == "a"
    assert str(refused.value) == f"{where}: must not contain the character U+0000"


def test_texts_that_are_filled_up_with_nul_end_before_it():
    frame = r'[2,"a\u0000","Boot\u0000",{"b\u0000":["x\u0000\u0000","\u0000",{"c":"\\\u0000"}],"d":"\\u0000"}]'
    assert rpc.read(frame) == Call("a", "Boot", {"b": ["x", "", {"c": "\\"}], "d": "\\u0000"})


@pytest.mark.parametrize("frame", [r'[2,"a\u0000b","Heartbeat",{}]', r'[2,"\u0000","Heartbeat",{}]'])
def test_no_id_may_contain_nul(frame):
    with pytest.raises(CallError) as refused:
        rpc.read(frame)
    assert (refused.value.code, refused.value.unique_id) == (ErrorCode.FORMATION_VIOLATION, "-1")


def test_an_escaped_backslash_before_u0000_is_no_nul():
    frame = r'[2,"a","DataTransfer",{"data":"\\u0000"}]'
    assert rpc.read(frame) == Call("a", "DataTransfer", {"data": "\\u0000"})


def test_a_long_description_is_cut():
    assert CallError(ErrorCode.GENERIC_ERROR, "x" * 1000).description == "x" * 255


def test_a_refusal_is_written_whole():
    answer = orjson.loads(rpc.call_error("a", ErrorCode.GENERIC_ERROR, "because"))
    assert answer == [4, "a", "GenericError", "because", {}]


texts = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"))
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=10,
)


@given(texts.filter(lambda text: 0 < len(text) <= 36), texts, st.dictionaries(texts, json_values))
def test_a_call_is_read_as_it_was_written(unique_id, action, payload):
    frame = orjson.dumps([2, unique_id, action, payload]).decode()
    assert rpc.read(frame) == Call(unique_id, action, payload)


@given(st.text() | st.binary() | json_values.map(lambda value: orjson.dumps(value).decode()))
def test_no_frame_whatever_raises_anything_else(frame):
    try:
        call = rpc.read(frame)
    except CallError as error:
        answer = orjson.loads(rpc.call_error(error.unique_id, error.code, error.description))
        assert answer[0] == 4
        assert 0 < len(answer[3]) <= 255
    else:
        assert isinstance(call, Call | rpc.Answer)


def conversation(*steps):
    """Plays calls, answers and time-outs; returns what each answer was found to belong to."""
    calls: rpc.Calls[str] = rpc.Calls()
    found = []
    for step in steps:
        match step:
            case "ask", number:
                calls.begin(number, f"what {number} asked")
            case "give up":
                calls.give_up()
            case frame:
                found.append(calls.pair(rpc.read(frame)))
    return found


CONVERSATIONS = {
    "a result": ([("ask", "1"), '[3,"1",{}]'], ["what 1 asked"]),
    "an error": ([("ask", "1"), '[4,"1","GenericError","",{}]'], ["what 1 asked"]),
    "repeated": (
        [("ask", "1"), '[3,"1",{}]', '[3,"1",{}]', '[4,"1","GenericError","",{}]'],
        ["what 1 asked", None, None],
    ),
    "a stranger's": ([("ask", "1"), '[3,"2",{}]', '[3,"1",{}]'], [None, "what 1 asked"]),
    "to no question": (['[3,"1",{}]'], [None]),
    "without an id": ([("ask", "1"), "[3]", "[4]", "[3,1,{}]", "[3,null,{}]", '[3,["1"],{}]'], [None] * 5),
    "without a payload": ([("ask", "1"), '[3,"1"]'], ["what 1 asked"]),
    "late": ([("ask", "1"), "give up", '[3,"1",{}]'], ["what 1 asked"]),
    "late and repeated": ([("ask", "1"), "give up", '[3,"1",{}]', '[3,"1",{}]'], ["what 1 asked", None]),
    "late, while the next is under way": (
        [("ask", "1"), "give up", ("ask", "2"), '[3,"1",{}]', '[3,"2",{}]'],
        ["what 1 asked", "what 2 asked"],
    ),
    "given up twice": ([("ask", "1"), "give up", "give up", ("ask", "2"), '[3,"2",{}]'], ["what 2 asked"]),
    "so late that nobody remembers": (
        [step for number in range(rpc.MOST_OVERDUE + 1) for step in (("ask", str(number)), "give up")]
        + ['[3,"0",{}]', '[3,"1",{}]'],
        [None, "what 1 asked"],
    ),
}


@pytest.mark.parametrize(("steps", "found"), CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
def test_an_answer_is_paired_with_our_call(steps, found):
    assert conversation(*steps) == found


def test_one_call_at_a_time():
    calls = rpc.Calls()
    calls.begin("1", None)
    with pytest.raises(rpc.CallUnderWayError):
        calls.begin("2", None)


def test_of_an_answer_that_is_nested_too_deeply_only_the_id_is_read():
    deep = "[" * 1000 + '"\\u0000"' + "]" * 1000
    assert rpc.read(f'[3,"1",{deep}]') == rpc.Result("1", None)
    assert rpc.read(f'[4,"1",{deep}]') == rpc.Refusal("1", None, None, None)
    assert rpc.read(f"[3,{deep},{{}}]") == rpc.Result(None, None)


def test_what_is_wide_is_not_deep():
    wide = {"a": [[{"b": [number]}] for number in range(100)]}
    assert rpc.read(orjson.dumps([2, "a", "DataTransfer", wide]).decode()) == Call("a", "DataTransfer", wide)


def test_a_call_of_ours_is_written_as_it_will_be_read():
    assert rpc.read(rpc.call("7", "Reset", {"type": "Soft"})) == Call("7", "Reset", {"type": "Soft"})


def test_the_character_that_no_database_holds_is_replaced_in_an_answer():
    frame = '[3,"1",{"a\\u0000":["\\u0000",{"b":"\\\\u0000"}],"n":1}]'
    assert rpc.read(frame) == rpc.Result("1", {"a�": ["�", {"b": "\\u0000"}], "n": 1})
    assert rpc.read('[3,"1","\\u0000\\u0000\\\\\\u0000"]') == rpc.Result("1", "��\\�")
