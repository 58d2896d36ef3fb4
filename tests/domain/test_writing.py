"""What may stand in words that people write."""

import pytest

from domain.writing import is_writable


@pytest.mark.parametrize("text", ["", "Åse Ørsted", "ნინო", "a b", "⚡ Station 1", "நிலை"])
def test_words_of_any_language_may_stand(text: str) -> None:
    assert is_writable(text)


@pytest.mark.parametrize("text", ["a\0b", "a\nb", "a\x85b", "a\u2028b", "\u202eevil", "\ud800", "a\x7f"])
def test_what_is_no_line_of_words_may_not(text: str) -> None:
    assert not is_writable(text)


def test_several_lines_may_stand_where_there_is_room_for_them() -> None:
    assert is_writable("first\r\n\tsecond", lines=True)
    assert not is_writable("first\0second", lines=True)
