"""Asking the table, as a browser would, and what may be asked."""

from typing import Any

from flask import Flask, g
from flask_login import login_user
from hypothesis import strategies as st

from portal.table.page import Page
from portal.views.charging_session import COLUMNS, ChargingSessionView
from tests.portal.table import oracle

NAMES = [column.name for column in COLUMNS]


def load(portal: Flask, view: ChargingSessionView, params: dict[str, Any], link: str | None = None) -> Page:
    """One page, as a request for it would get it."""
    with portal.test_request_context("/statistics/" + (link or ""), query_string=None if link else params):
        g.user = portal.appbuilder.sm.get_all_users()[0]  # type: ignore[attr-defined]
        login_user(g.user)
        return view.page(view.query())


def ids(page: Page) -> list[int]:
    return [line.key for line in page.lines]


def links(portal: Flask, view: ChargingSessionView, page: Page, which: str) -> list[Page]:
    """All pages from this one on, in one direction."""
    pages = [page]
    while link := getattr(pages[-1], which):
        pages.append(load(portal, view, {}, link))
    return pages


@st.composite
def questions(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, oracle.Test], str, bool, int]:
    """Up to three filters, an order and a size of page."""
    columns = draw(st.lists(st.sampled_from(NAMES), max_size=3, unique=True))
    chosen = {column: draw(st.sampled_from(oracle.FILTERS[column])) for column in columns}
    texts = {column: text for column, (text, _test) in chosen.items()}
    tests = {column: test for column, (_text, test) in chosen.items()}
    return texts, tests, draw(st.sampled_from(NAMES)), draw(st.booleans()), draw(st.sampled_from((15, 50, 200)))
