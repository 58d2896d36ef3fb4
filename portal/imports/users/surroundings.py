"""What an import meets: in the database, looked up for all its rows at once, and in its own other rows."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from domain import users
from domain.id_tokens import identity_of
from domain.models import IdToken, PortalUser, Site
from domain.user_details import UserDetails, normal_email
from portal.imports.users.rows import Rows


@dataclass(frozen=True)
class There:
    """What is in the database; five queries, however many rows ask."""

    people: Mapping[str, PortalUser]
    """By e-mail."""
    before: Mapping[int, UserDetails]
    """Those people as they are, by their number."""
    tags: Mapping[str, IdToken]
    """The tags of the tag rows, by identity."""
    site_names: Mapping[int, str]
    site_ids: Mapping[str, int]
    """By name, and by name in small letters where only one site is called so."""

    @classmethod
    def look(cls, db: Session, rows: Rows) -> "There":
        emails = {
            normal_email(email) for email in (*(row.email for row in rows.users), *(row.owner for row in rows.tags))
        }
        people = {
            user.username: user
            for user in db.scalars(
                select(PortalUser)
                .where(PortalUser.username.in_(emails))
                .options(selectinload(PortalUser.roles), selectinload(PortalUser.sites))
            )
        }
        before = users.details_of_many(db, list(people.values()))
        identities = {identity_of(row.tag) for row in rows.tags}
        tags = {tag.identity: tag for tag in db.scalars(select(IdToken).where(IdToken.identity.in_(identities)))}
        names = dict(db.execute(select(Site.id, Site.name)).all())
        return cls(people, before, tags, names, _by_name(names))

    def site_id(self, name: str) -> int | None:
        return self.site_ids.get(name) or self.site_ids.get(name.lower())


def _by_name(names: Mapping[int, str]) -> dict[str, int]:
    alike = defaultdict[str, list[int]](list)
    for pk, name in names.items():
        alike[name.lower()].append(pk)
    only = {name: pks[0] for name, pks in alike.items() if len(pks) == 1}
    return only | {name: pk for pk, name in names.items()}


@dataclass(frozen=True)
class Doubles:
    """Where in the import each e-mail and each tag stands. Of many places two are kept: enough to name another one."""

    emails: Mapping[str, list[str]]
    """The places of an e-mail among the users."""
    tags: Mapping[str, list[str]]
    """The places of a tag among the tags, by identity."""
    holders: Mapping[str, dict[str, str]]
    """Who is given a tag, by identity: e-mail and place."""

    @classmethod
    def of(cls, rows: Rows) -> "Doubles":
        emails, tags = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
        holders = defaultdict[str, dict[str, str]](dict)
        for user in rows.users:
            email = normal_email(user.email)
            _keep_two(emails[email], user.place)
            for tag in user.tags or ():
                holders[identity_of(tag)].setdefault(email, user.place)
        for row in rows.tags:
            identity = identity_of(row.tag)
            _keep_two(tags[identity], row.place)
            if row.owner:
                holders[identity].setdefault(normal_email(row.owner), row.place)
        return cls(emails, tags, holders)

    def of_email(self, email: str, place: str) -> str | None:
        """Another row with this e-mail."""
        return _other(self.emails[email], place)

    def of_tag_row(self, tag: str, place: str) -> str | None:
        """Another row of its own of this tag."""
        return _other(self.tags[identity_of(tag)], place)

    def of_holder(self, tag: str, owner: str) -> str | None:
        """A row that gives this tag to somebody else."""
        holders = self.holders[identity_of(tag)]
        return next((place for email, place in holders.items() if email != owner), None) if owner else None


def _keep_two(places: list[str], place: str) -> None:
    if len(places) < 2:
        places.append(place)


def _other(places: list[str], place: str) -> str | None:
    return next((other for other in places if other != place), None)
