"""The one rule of what belongs to a site, in SQL and in Python."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Alarm, AlarmKind
from domain.roles import RoleName
from domain.scope import Viewer, scope_of, visible
from tests.domain.conftest import after


@pytest.mark.parametrize("role", [*RoleName, None])
@pytest.mark.parametrize("assigned", [(), (0, 2)])
def test_both_say_the_same(db: Session, sites: list[int], role: RoleName | None, assigned: tuple[int, ...]) -> None:
    db.add_all(Alarm(kind=AlarmKind.FUSE, site_id=site, site_name="-", raised_at=after(0)) for site in sites)
    db.flush()
    viewer = Viewer(1, role, frozenset(sites[number] for number in assigned))
    scope = scope_of(viewer)
    by_scope = {site for site in sites if scope is None or site in scope}
    assert set(db.scalars(select(Alarm.site_id).where(visible(Alarm, viewer)))) == by_scope
