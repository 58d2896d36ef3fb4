"""A plan of the topology is written: some hundred nodes with each statement."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from domain import nodes
from domain.models import Floor, Outlet, Site, Station
from portal.imports.progress import CancelledError, ChangedError, Run, State
from portal.imports.topology.columns import SUPPLY_CONTROLLER, Level
from portal.imports.topology.drafts import Draft, Node
from portal.imports.topology.plan import Plan

AT_ONCE = 500


def write(db: Session, run: Run, plan: Plan) -> None:
    done = 0
    made: dict[Any, Node] = {}
    try:
        for some in _portions(plan.drafts):
            run.tell(State.WRITING, done, len(plan.drafts))
            if run.is_cancelled:
                raise CancelledError
            new = [node for draft in some if (node := _written(draft, made)) is not None]
            db.add_all(node for node in new if not isinstance(node, Station))
            if stations := [node for node in new if isinstance(node, Station)]:
                nodes.add_stations(db, stations)
            db.flush()
            done += len(some)
    except (IntegrityError, StaleDataError):
        # Somebody else wrote or deleted the same after the look.
        raise ChangedError([]) from None
    run.tell(State.WRITING, done, len(plan.drafts))


def _portions(drafts: Sequence[Draft]) -> Iterator[Sequence[Draft]]:
    """Of one level each, so that what stands above is there before, as is what others stand behind."""
    for level in Level:
        for is_behind in (False, True):
            of_level = [each for each in drafts if each.level is level and (each.controller is not None) is is_behind]
            for start in range(0, len(of_level), AT_ONCE):
                yield of_level[start : start + AT_ONCE]


def _written(draft: Draft, made: dict[Any, Node]) -> Node | None:
    """Changes a node that is there, or returns a new one; `made` are those that were new."""
    place = _place(draft, made)
    if draft.node is not None:
        for attribute, value in (place | draft.changed).items():
            if getattr(draft.node, attribute) != value:
                setattr(draft.node, attribute, value)
        return None
    match draft.level:
        case Level.SITE:
            new: Node = Site(name=draft.name, **draft.changed)
        case Level.FLOOR:
            new = Floor(name=draft.name, **place, **draft.changed)
        case Level.STATION:
            new = Station(charge_box_id=draft.name, **({"name": draft.name} | place | draft.changed))
        case Level.OUTLET:
            uuid = {"uuid": UUID(draft.uuid)} if draft.uuid else {}
            new = Outlet(number=draft.name, **place, **uuid, **draft.changed)
    made[draft.key] = new
    return new


def _place(draft: Draft, made: dict[Any, Node]) -> dict[str, Any]:
    """Where a node stands, by key: all above is written by now."""
    found = {level: draft.at(level) for level in Level}
    ids = {level: (above.node or made[above.key]).id if above else None for level, above in found.items()
           if level is not draft.level}  # fmt: skip
    match draft.level:
        case Level.FLOOR:
            return {"site_id": ids[Level.SITE]}
        case Level.STATION:
            # The site first: who leaves one leaves its supply controller (domain/models/node.py).
            return {"site_id": ids[Level.SITE], "floor_id": ids[Level.FLOOR]} | _behind(draft, made)
        case Level.OUTLET:
            return {"station_id": ids[Level.STATION]}
        case Level.SITE:
            return {}


def _behind(draft: Draft, made: dict[Any, Node]) -> dict[str, Any]:
    """Behind which supply controller a station stands, if a row says so."""
    if SUPPLY_CONTROLLER not in draft.values:
        return {}
    controller = draft.controller
    return {"supply_controller_id": (controller.node or made[controller.key]).id if controller else None}
