"""Users: made, changed and deleted here, whoever asks (manual, "Brugerklargøring").

A user is asked for with `UserDetails`; what cannot be is refused with a `UserError` that names each field. Nothing here
asks who asks: only administrators come to the doors that lead here.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import clock, erasures, passwords
from domain.errors import DomainError
from domain.id_tokens import checked, identity_of
from domain.models import ChargingSession, IdToken, PortalUser, Site
from domain.models.columns import LARGEST_KEY
from domain.retention import WITHOUT_PERSON
from domain.roles import RoleName
from domain.user_details import (
    Known,
    Owner,
    Reason,
    Refusal,
    UserDetails,
    UserError,
    check,
    normal_email,
)
from domain.writing import is_writable


class NoSuchUserError(DomainError):
    """Somebody else deleted this user a moment ago."""


def add(db: Session, details: UserDetails) -> PortalUser:
    """A new user.

    Raises:
        UserError: what is asked cannot be.
    """
    return _write(db, PortalUser(active=True), details)


def change(db: Session, user: PortalUser, details: UserDetails) -> None:
    """Give a user what `details` say, and leave the rest. What opens the portal to them ends their sign-ins.

    Raises:
        UserError: what is asked cannot be.
        NoSuchUserError: the user is gone.
    """
    lock(db, user)
    before = details_of(db, user)
    after = details.over(before)
    if before.role is RoleName.ADMINISTRATOR and after.role is not RoleName.ADMINISTRATOR:
        _keep_an_administrator(db, user, "role")
    if before.active and not after.active:
        _keep_an_administrator(db, user, "active")
    _write(db, user, after)
    if details.password is None and _opens(after) != _opens(before):
        passwords.end_sign_ins(user)


def delete(db: Session, user: PortalUser, asked_by: int | None = None) -> None:
    """Delete a user, their tags and all that is kept about them. What they charged stays, without the person.

    What others wrote of them goes a little later (domain/erasures.py).

    Raises:
        UserError: it is the last administrator, or whoever asks.
        NoSuchUserError: the user is gone.
    """
    # The lock waits for charges that are just beginning, and none can begin for this user after it.
    lock(db, user)
    _keep_an_administrator(db, user, "role")
    if user.id == asked_by:
        raise UserError({"id": [Refusal(Reason.OWN_DELETION)]})
    erasures.begin(db, user, clock.now())
    statements = (
        update(ChargingSession).where(ChargingSession.user_id == user.id).values(WITHOUT_PERSON),
        update(PortalUser)
        .where(or_(PortalUser.created_by_fk == user.id, PortalUser.changed_by_fk == user.id))
        .values(
            created_by_fk=func.nullif(PortalUser.created_by_fk, user.id),
            changed_by_fk=func.nullif(PortalUser.changed_by_fk, user.id),
        ),
    )
    for statement in statements:
        db.execute(statement.execution_options(synchronize_session=False, audit="the deletion of the user tells it"))
    # Tags, keys and all else that is theirs alone goes along in the database.
    db.delete(user)
    db.flush()


def details_of(db: Session, user: PortalUser) -> UserDetails:
    """A user as they are, but for the password."""
    return details_of_many(db, [user])[user.id]


def details_of_many(db: Session, people: Sequence[PortalUser]) -> dict[int, UserDetails]:
    """The same by the users' numbers, in one query for all their tags."""
    tokens = defaultdict[int | None, list[str]](list)
    owned = select(IdToken.user_id, IdToken.token).where(IdToken.user_id.in_([user.id for user in people]))
    for user_id, token in db.execute(owned.order_by(IdToken.id)):
        tokens[user_id].append(token)
    return {
        user.id: UserDetails(
            role=user.role,
            first_name=user.first_name,
            last_name=user.last_name,
            email=user.email,
            alarm_email=user.alarm_email,
            sites=tuple(site.id for site in user.sites),
            id_tokens=tuple(tokens[user.id]),
            active=bool(user.active),
        )
        for user in people
    }


def known(db: Session, many: Iterable[UserDetails]) -> Known:
    """What is there already that any of these could collide with, in three queries however many they are."""
    asked = list(many)
    # What could not be stored is not there; the database would not even let one ask.
    emails = {normal_email(details.email) for details in asked if details.email and is_writable(details.email)}
    tokens = {token for details in asked for token in details.id_tokens or () if is_writable(token)}
    identities = set(map(identity_of, tokens))
    sites = {site for details in asked for site in details.sites or () if 0 < site <= LARGEST_KEY}
    people = select(PortalUser).where(PortalUser.username.in_(emails))
    tags = select(IdToken.identity, PortalUser).outerjoin(IdToken.user).where(IdToken.identity.in_(identities))
    return Known(
        {user.username: _owner(user) for user in db.scalars(people)} if emails else {},
        {identity: user and _owner(user) for identity, user in db.execute(tags)} if identities else {},
        frozenset(db.scalars(select(Site.id).where(Site.id.in_(sites)))) if sites else frozenset(),
    )


def problems(db: Session, details: UserDetails, user: PortalUser | None = None) -> dict[str, list[Refusal]]:
    """What speaks against a user who is as `details` say, without writing anything."""
    return check(details, known(db, [details]), user.id if user else None)


def _owner(user: PortalUser) -> Owner:
    return Owner(user.id, str(user))


def _opens(details: UserDetails) -> tuple[object, ...]:
    """What a sign-in rests on, besides the password."""
    return details.role, normal_email(details.email or ""), details.active


def lock(db: Session, user: PortalUser) -> None:
    """Nobody else changes this user until the commit; what was read of them before is read anew.

    Raises:
        NoSuchUserError: the user is gone.
    """
    if user.role is RoleName.ADMINISTRATOR:  # Before any user, so that two who change each other do not deadlock.
        _lock_administrators(db)
    row = select(PortalUser).where(PortalUser.id == user.id).with_for_update(of=PortalUser)
    if db.scalar(row.execution_options(populate_existing=True)) is None:
        raise NoSuchUserError(str(user.id))


def _lock_administrators(db: Session) -> None:
    """Two who would each leave the other as the last one come here one after the other."""
    db.execute(select(Role.id).where(Role.name == RoleName.ADMINISTRATOR).with_for_update(key_share=True))


def _keep_an_administrator(db: Session, user: PortalUser, field: str) -> None:
    """Refuse to lose the last one who can come in and make others."""
    if user.role is not RoleName.ADMINISTRATOR or not user.active:
        return
    _lock_administrators(db)
    others = exists().where(
        PortalUser.roles.any(Role.name == RoleName.ADMINISTRATOR), PortalUser.active, PortalUser.id != user.id
    )
    if not db.scalar(select(others)):
        raise UserError({field: [Refusal(Reason.LAST_ADMINISTRATOR)]})


def _write(db: Session, user: PortalUser, details: UserDetails) -> PortalUser:
    """Make a user be as `details` say, which are complete."""
    if refusals := problems(db, details, user if user.id else None):
        raise UserError(refusals)
    role = select(Role).where(Role.name == details.role)
    sites = select(Site).where(Site.id.in_(details.sites or ())).order_by(Site.name)
    roles_and_sites = db.scalars(role).all(), db.scalars(sites).all()
    with _first_come(db, user, details):
        db.add(user)
        user.roles, user.sites = map(list, roles_and_sites)
        user.first_name, user.last_name = (details.first_name or "").strip(), (details.last_name or "").strip()
        user.email = user.username = normal_email(details.email or "")
        user.active = details.active is not False
        user.alarm_email = bool(details.alarm_email)
        if details.password_hash is not None:
            passwords.set_hash(user, details.password_hash)
        elif details.password is not None:
            passwords.set_password(user, details.password)
        db.flush()
        _set_tags(db, user, details.id_tokens or ())
    return user


@contextmanager
def _first_come(db: Session, user: PortalUser, details: UserDetails) -> Iterator[None]:
    """What somebody wrote between our look and our writing is refused as what was there before."""
    user_id = user.id
    try:
        with db.begin_nested():
            yield
    except IntegrityError:
        if refusals := check(details, known(db, [details]), user_id):
            raise UserError(refusals) from None
        raise


def _set_tags(db: Session, user: PortalUser, tokens: Iterable[str]) -> None:
    """Exactly these. One that is there in another writing stays as it is; one that was nobody's becomes theirs."""
    wanted = {identity_of(token): token for token in tokens}
    mine = or_(IdToken.user_id == user.id, IdToken.identity.in_(wanted) & IdToken.user_id.is_(None))
    for tag in db.scalars(select(IdToken).where(mine)).all():
        if wanted.pop(tag.identity, None) is None:
            db.delete(tag)
        else:
            tag.user_id = user.id
    db.add_all(IdToken(token=checked(token), user_id=user.id) for token in wanted.values())
