"""A key that is larger than any the database could hold is as one that is not there."""

import pytest

from domain.roles import RoleName
from tests.access.conftest import Person

SMALL, BIG = 2**31, 2**63


@pytest.mark.parametrize("key", [SMALL, BIG, 10**30])
def test_a_key_out_of_range_is_not_found(people: dict[RoleName, Person], key: int) -> None:
    """Each of these was an error 500 once."""
    pages = people[RoleName.ADMINISTRATOR].pages
    kinds = ("sites", "floors", "stations", "outlets", "users", "id_tokens", "news_items", "events", "audit_log")
    paths = [f"/{kind}/show/{key}" for kind in (*kinds, "statistics")]
    paths += [f"/{kind}/{method}/{key}" for kind in kinds[:7] for method in ("edit", "delete")]
    paths += [f"/unknown_stations/adopt/{key}", f"/unknown_stations/delete/{key}", f"/charging/commands/{key}"]
    assert {path: pages.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)
    posted = [f"/news/{key}/read", f"/users/activate/{key}", f"/users/deactivate/{key}", f"/charging/stop/{key}"]
    posted += [f"/second_factor/reset/{key}"]
    assert {path: pages.post(path).status_code for path in posted} == dict.fromkeys(posted, 404)
