"""The demo company comes to nobody who has something else already."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.models import Site, Station
from seeds import demo


def test_it_leaves_a_real_installation_alone(db: Session) -> None:
    db.add(Site(name="Real"))
    db.flush()
    assert demo.seed(db) is False
    assert db.scalar(select(func.count()).select_from(Station)) == 0
