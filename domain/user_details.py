"""What is said of a user, and which of it may not be (manual, "Brugerklargøring").

These are the rules for every way in: form, API, import, command line. They only look; writing is in users.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email

from domain import passwords
from domain.errors import DomainError
from domain.id_tokens import TagError, TagFault, checked, identity_of
from domain.passwords import PasswordFault
from domain.roles import RoleName
from domain.writing import is_writable

LONGEST_NAME = 64
LONGEST_EMAIL = 128
"""As long as Flask-AppBuilder's column for the username."""

FIELDS_OF_ROLE: Mapping[RoleName, frozenset[str]] = {
    RoleName.ADMINISTRATOR: frozenset({"alarm_email"}),
    RoleName.SITE_ADMINISTRATOR: frozenset({"alarm_email", "sites"}),
    RoleName.SUPPORT: frozenset(),
    RoleName.EV_USER: frozenset({"id_tokens"}),
}
"""What a role has besides name, e-mail and password."""


class Reason(StrEnum):
    """Why a field is refused. Each edge says it in words of its own."""

    NEEDED = "needed"
    TOO_LONG = "too_long"
    UNWRITABLE = "unwritable"
    NOT_AN_EMAIL = "not_an_email"
    EMAIL_TAKEN = "email_taken"
    WEAK_PASSWORD = "weak_password"  # noqa: S105 - a word about passwords
    OF_ANOTHER_ROLE = "of_another_role"
    NO_SUCH_SITE = "no_such_site"
    NOT_A_TAG = "not_a_tag"
    TAG_TAKEN = "tag_taken"
    TAG_TWICE = "tag_twice"
    LAST_ADMINISTRATOR = "last_administrator"
    OWN_ACCOUNT = "own_account"
    OWN_DELETION = "own_deletion"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason, with what it is about."""

    reason: Reason
    value: str = ""
    """The tag or the site's number where a field holds several; the role, the longest length."""
    owner: str = ""
    """The name of whoever has the e-mail or the tag."""
    fault: PasswordFault | TagFault | None = None
    """What is wrong with a password or a tag."""


Refusals = dict[str, list[Refusal]]
"""By field, as the fields of `UserDetails` are called."""


class UserError(DomainError):
    """A user cannot be as was asked."""

    def __init__(self, refusals: Refusals) -> None:
        super().__init__(", ".join(f"{name}: {each.reason}" for name, found in refusals.items() for each in found))
        self.refusals = refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDetails:
    """What is asked of a user; None leaves a field as it is, and in a new user as it is usual."""

    role: RoleName | None = None
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    password: str | None = None
    """In clear; it is never kept so."""
    password_hash: str | None = None
    """Its hash, from whoever writes many users and hashes before the transaction begins; hashed here otherwise."""
    alarm_email: bool | None = None
    sites: Sequence[int] | None = None
    """All sites of a site administrator, by number."""
    id_tokens: Sequence[str] | None = None
    """All tags of an EV user, in any writing."""
    active: bool | None = None

    def __repr__(self) -> str:
        """Without the password, wherever this is logged."""
        return f"UserDetails(role={self.role}, email={self.email})"

    def over(self, before: "UserDetails") -> "UserDetails":
        """These, and where nothing is said what was before, as far as the role has it."""
        role = self.role or before.role
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        kept = {
            name: getattr(before, name)
            for name, value in told.items()
            if value is None and (name not in OF_SOME_ROLE or (role and name in FIELDS_OF_ROLE[role]))
        }
        return replace(self, **kept)


OF_SOME_ROLE = frozenset().union(*FIELDS_OF_ROLE.values())


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has something already."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is there already that others can collide with. See `users.known`."""

    emails: Mapping[str, Owner]
    tags: Mapping[str, Owner | None]
    """By identity; a tag without an owner may become anybody's."""
    sites: frozenset[int]


def normal_email(written: str) -> str:
    """An e-mail as it is kept: capital and small letters are the same."""
    return written.strip().lower()


def check(details: UserDetails, known: Known, user_id: int | None = None) -> Refusals:
    """What speaks against a user who is as `details` say; `user_id` tells who it is, None a new one.

    What is None in them is missing, but for the password of a user who has one.
    """
    found = {
        "role": [] if details.role else [Refusal(Reason.NEEDED)],
        "first_name": _name(details.first_name),
        "last_name": _name(details.last_name),
        "email": _email(details.email, known, user_id),
        "password": _password(details, is_new=user_id is None),
        **_of_role(details, known, user_id),
    }
    return {field: refusals for field, refusals in found.items() if refusals}


def _name(name: str | None) -> list[Refusal]:
    text = (name or "").strip()
    if not text:
        return [Refusal(Reason.NEEDED)]
    if not is_writable(text):
        return [Refusal(Reason.UNWRITABLE)]
    return [Refusal(Reason.TOO_LONG, str(LONGEST_NAME))] if len(text) > LONGEST_NAME else []


def _email(written: str | None, known: Known, user_id: int | None) -> list[Refusal]:
    email = normal_email(written or "")
    if not email:
        return [Refusal(Reason.NEEDED)]
    if len(email) > LONGEST_EMAIL:
        return [Refusal(Reason.TOO_LONG, str(LONGEST_EMAIL))]
    try:
        validate_email(email, check_deliverability=False)
    except EmailNotValidError:
        return [Refusal(Reason.NOT_AN_EMAIL)]
    owner = known.emails.get(email)
    return [Refusal(Reason.EMAIL_TAKEN, email, owner.name)] if owner and owner.id != user_id else []


def _password(details: UserDetails, is_new: bool) -> list[Refusal]:
    if details.password is None:
        return [Refusal(Reason.NEEDED)] if is_new and details.password_hash is None else []
    fault = passwords.fault(details.password)
    return [Refusal(Reason.WEAK_PASSWORD, fault=fault)] if fault else []


def _of_role(details: UserDetails, known: Known, user_id: int | None) -> Refusals:
    """What only some roles have; an empty value of another role says nothing and is let pass."""
    role = details.role
    if role is None:
        return {}
    found: Refusals = {
        name: [Refusal(Reason.OF_ANOTHER_ROLE, role)]
        for name in OF_SOME_ROLE - FIELDS_OF_ROLE[role]
        if getattr(details, name)
    }
    if role is RoleName.SITE_ADMINISTRATOR:
        found["sites"] = _sites(details.sites or (), known)
    if role is RoleName.EV_USER:
        found["id_tokens"] = _tags(details.id_tokens or (), known, user_id)
    return found


def _sites(sites: Sequence[int], known: Known) -> list[Refusal]:
    if not sites:
        return [Refusal(Reason.NEEDED)]
    return [Refusal(Reason.NO_SUCH_SITE, str(site)) for site in sites if site not in known.sites]


def _tags(tokens: Sequence[str], known: Known, user_id: int | None) -> list[Refusal]:
    found, seen = [], set[str]()
    for token in tokens:
        try:
            identity = identity_of(checked(token))
        except TagError as error:
            found.append(Refusal(Reason.NOT_A_TAG, token, fault=error.fault))
            continue
        owner = known.tags.get(identity)
        if identity in seen:
            found.append(Refusal(Reason.TAG_TWICE, token))
        elif owner and owner.id != user_id:
            found.append(Refusal(Reason.TAG_TAKEN, token, owner.name))
        seen.add(identity)
    return found
