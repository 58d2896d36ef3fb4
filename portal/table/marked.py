"""The rows that a page for many takes (`ForMarked` in actions.py): those that were marked, or all that are listed."""

from collections.abc import Sequence
from typing import Any

from flask import abort, request
from sqlalchemy import Select

from domain.models.columns import LARGEST_BIG_KEY
from portal.table.view import TableView

MOST_AT_ONCE = 200
"""As many as a page of a list holds, and as a person can look through."""


def chosen(view: TableView, name: str) -> Select[Any]:
    """Those that `name` names in the address or the form, or else what the same address lists; as `view.base` selects.

    Ends the request with 400 where a filter is not understood: rather none than others than were meant.
    """
    if "marked" in request.args or request.method == "POST":
        named = request.args.getlist(name) + request.form.getlist(name)
        return view.scoped(view.base()).where(view.key.in_(keys(named)))
    query = view.query()
    if query.errors:
        abort(400)
    return view.narrowed().where(*query.conditions)


def keys(texts: Sequence[str]) -> set[int]:
    """Those of these texts that can be keys."""
    numbers = {int(text) for text in texts if text.isdecimal() and len(text) < 20}
    return {number for number in numbers if number <= LARGEST_BIG_KEY}
