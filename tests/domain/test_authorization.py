import pytest
from sqlalchemy import select

from domain import authorization
from domain.authorization import ANONYMOUS, Decision, Verdict
from domain.id_tokens import TagByteOrder, TagDigits
from domain.models import Authorization, Event, IdToken, OutletMode, Site
from domain.reports import AuthorizeReport
from tests.domain.conftest import NINE, after
from tests.happened import unusual
from tests.statements import recorded

REFUSED = {
    "blocked": ({"blocked": True}, Verdict.BLOCKED),
    "expired": ({"expires_at": NINE}, Verdict.EXPIRED),
    "expired and blocked": ({"expires_at": NINE, "blocked": True}, Verdict.BLOCKED),
    "not yet valid": ({"valid_from_at": after(1)}, Verdict.NOT_YET_VALID),
    "not yet valid and blocked": ({"valid_from_at": after(1), "blocked": True}, Verdict.BLOCKED),
}
HEXADECIMAL, REVERSED = TagDigits.HEXADECIMAL, TagByteOrder.REVERSED


@pytest.fixture
def ask(db, station):
    """Presents a tag at an outlet of the station that asks for one."""
    return lambda token, minutes=0: authorization.decide(db, station.id, token, OutletMode.RFID, after(minutes))


@pytest.fixture
def registered(db, user):
    """Registers a tag as a person wrote it."""

    def register(token, **fields):
        db.add(IdToken(token=token, user_id=user.id, **fields))
        db.flush()

    return register


@pytest.fixture
def hints(db, station):
    """What the event log tells of tags that were not understood."""
    rows = select(Event.details).where(Event.kind == "tag_known_otherwise", Event.station_id == station.id)
    return lambda: db.scalars(rows.order_by(Event.id)).all()


def test_a_known_tag_is_accepted_in_any_case_of_its_letters(db, station, tag, user):
    accepted = Decision(Verdict.ACCEPTED, Authorization.RFID, None, user.id, user.email)

    assert authorization.decide(db, station.id, tag.token.lower(), OutletMode.RFID, NINE) == accepted
    assert authorization.decide(db, station.id, tag.token, OutletMode.OPEN, NINE) == accepted


def test_a_tag_that_nobody_entered(db, station):
    for nobody in ("nobody", "", "--", "٣", "4711"):
        refused = Decision(Verdict.INVALID, Authorization.ANONYMOUS)
        assert authorization.decide(db, station.id, nobody, OutletMode.RFID, NINE) == refused
        assert authorization.decide(db, station.id, nobody, OutletMode.OPEN, NINE) == ANONYMOUS


def test_a_station_that_is_gone_accepts_nobody(db, tag):
    gone = authorization.decide(db, 0, tag.token, OutletMode.RFID, NINE)
    assert gone == Decision(Verdict.INVALID, Authorization.ANONYMOUS)


@pytest.mark.parametrize(("fields", "verdict"), REFUSED.values(), ids=REFUSED.keys())
def test_a_refused_tag(db, station, tag, fields, verdict):
    for name, value in fields.items():
        setattr(tag, name, value)
    tag.parent_token = "FLEET"
    db.flush()

    refused = Decision(verdict, Authorization.ANONYMOUS)
    assert authorization.decide(db, station.id, tag.token, OutletMode.RFID, NINE) == refused
    assert authorization.decide(db, station.id, tag.token, OutletMode.OPEN, NINE) == ANONYMOUS


def test_a_tag_is_good_from_its_first_moment_until_it_expires(db, ask, tag, user):
    tag.valid_from_at, tag.expires_at, tag.parent_token = NINE, after(1), "FLEET"
    db.flush()

    assert ask(tag.token) == Decision(
        Verdict.ACCEPTED, Authorization.RFID, after(1), user.id, user.email, parent_token="FLEET"
    )


def test_the_tag_of_a_user_who_may_not_sign_in_is_blocked(db, ask, tag, user):
    user.active = False
    db.flush()

    assert ask(tag.token).verdict is Verdict.BLOCKED


def test_a_station_with_an_open_outlet_lets_an_unknown_tag_come_as_far_as_the_start(db, station, outlet):
    report = AuthorizeReport(station.id, NINE, "nobody")
    assert authorization.authorize(db, report).verdict is Verdict.INVALID

    outlet.mode = OutletMode.OPEN
    db.flush()
    assert authorization.authorize(db, report) == ANONYMOUS


WRITINGS = ("3735928559", "DEADBEEF", "de:ad:be:ef", "0xdeadbeef", "00DEADBEEF")


@pytest.mark.parametrize("entered", WRITINGS)
def test_a_tag_is_known_however_it_was_entered_and_is_sent(ask, registered, entered):
    registered(entered)
    assert [ask(sent).verdict for sent in WRITINGS] == [Verdict.ACCEPTED] * len(WRITINGS)


BYTE_ORDERS = {
    # The station's word, its site's, and whether the reader then turns the bytes round.
    "nobody says": (None, None, False),
    "the site says": (None, REVERSED, True),
    "the station says": (REVERSED, None, True),
    "the station says otherwise than its site": (TagByteOrder.AS_PRINTED, REVERSED, False),
}


@pytest.mark.parametrize(("station_order", "site_order", "turns"), BYTE_ORDERS.values(), ids=BYTE_ORDERS.keys())
def test_the_byte_order_is_the_stations_else_its_sites(db, station, ask, registered, station_order, site_order, turns):
    registered("DEADBEEF")
    station.tag_byte_order, db.get(Site, station.site_id).tag_byte_order = station_order, site_order
    db.flush()

    assert ask("DEADBEEF").verdict is (Verdict.INVALID if turns else Verdict.ACCEPTED)
    assert ask("EFBEADDE").verdict is (Verdict.ACCEPTED if turns else Verdict.INVALID)


def test_digits_alone_are_read_as_the_station_else_its_site_says(db, station, ask, registered):
    registered("04:12:34:56")
    assert ask("04123456").verdict is Verdict.INVALID

    site = db.get(Site, station.site_id)
    site.tag_digits = HEXADECIMAL
    db.flush()
    assert ask("04123456").verdict is Verdict.ACCEPTED

    station.tag_digits = TagDigits.DECIMAL
    db.flush()
    assert ask("04123456").verdict is Verdict.INVALID


def test_an_unknown_tag_that_is_known_reversed_leaves_a_hint_once_a_day(db, ask, registered, hints):
    """It is refused each time all the same."""
    registered("DEADBEEF")
    reversed_hint = {"id_token": "EFBEADDE", "tag_byte_order": "reversed"}

    for minutes in (0, 1, 24 * 60):
        assert ask("EFBEADDE", minutes) == Decision(Verdict.INVALID, Authorization.ANONYMOUS)
    assert hints() == [reversed_hint]

    ask("EFBEADDE", 24 * 60 + 1)
    assert hints() == [reversed_hint, reversed_hint]


def test_a_hint_names_just_what_would_have_to_be_set_otherwise(db, station, ask, registered, hints):
    registered("04:12:34:56")
    ask("04123456")
    ask("56341204")
    station.tag_digits, station.tag_byte_order = HEXADECIMAL, REVERSED
    registered("00:00:00:7B")
    db.flush()
    ask("04123456")
    ask("123")

    assert hints() == [
        {"id_token": "04123456", "tag_digits": "hexadecimal"},
        {"id_token": "56341204", "tag_digits": "hexadecimal", "tag_byte_order": "reversed"},
        {"id_token": "04123456", "tag_byte_order": "as_printed"},
        {"id_token": "123", "tag_digits": "decimal", "tag_byte_order": "as_printed"},
    ]


def test_a_hint_is_about_one_station(db, station, ask, registered, hints):
    registered("DEADBEEF")
    ask("EFBEADDE")
    site_ids = [event.site_id for event in unusual(db, station_id=station.id)]
    assert (site_ids, len(hints())) == ([station.site_id], 1)


def test_a_known_tag_and_a_stranger_leave_no_hint(ask, registered, hints):
    registered("DEADBEEF")
    registered("EFBEADDE")
    assert ask("DEADBEEF").verdict is ask("EFBEADDE").verdict is Verdict.ACCEPTED
    assert ask("12345678").verdict is Verdict.INVALID
    assert hints() == []


def test_the_work_for_a_tag_is_two_queries_however_many_there_are(db, station, registered):
    """One for the outlets, one for the tag and the settings; a stranger costs no more."""
    for number in range(50):
        registered(f"AA{number:06}")
    for token in ("AA000007", "BB000007"):
        with recorded() as statements:
            authorization.authorize(db, AuthorizeReport(station.id, NINE, token))
        assert len(statements) == 2


def test_what_is_sent_to_a_station_comes_back_as_the_same_tag(db, station, ask, registered):
    """A start from afar names a tag, and the station begins the charge with it."""
    registered("DEADBEEF")
    for station.tag_byte_order in (None, REVERSED):
        for station.tag_digits in (None, HEXADECIMAL):
            db.flush()
            sent = authorization.written_for_station(db, station.id, "3735928559")
            assert ask(sent).verdict is Verdict.ACCEPTED
