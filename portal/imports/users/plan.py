"""What an import would do: each row meets the database and the domain's rules, and gets its outcome.

It only looks, in a number of queries that does not grow with the rows. The preview shows a plan; the job makes it anew
in its transaction and writes it if it is still the same.
"""

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from domain import users
from domain.clock import begins_before_end
from domain.id_tokens import identity_of
from domain.models import IdToken, PortalUser
from domain.user_details import Known, UserDetails, check, normal_email
from portal.imports.outcomes import Change, Outcome, Verdict, verdict
from portal.imports.pauses import paused
from portal.imports.problems import Problem
from portal.imports.users.rows import Rows, TagRow, UserRow
from portal.imports.users.surroundings import Doubles, There

EXAMPLE_DOMAIN = "@template.example"
"""Whose rows are the template's own (RFC 2606: nobody has an address there)."""
HASHED_LATER = "-"
"""Stands for a password that the job will hash, or make up for somebody who is to choose one."""

FIELDS = {"id_tokens": "tags"}
"""Where a field of `UserDetails` is called otherwise than its column."""


@dataclass(frozen=True)
class UserStep:
    """What is to be done for a row of a user, who is None as long as they are new."""

    row: UserRow
    verdict: Verdict
    user: PortalUser | None
    details: UserDetails
    """What the file says."""
    after: UserDetails
    """The whole user."""


@dataclass(frozen=True)
class TagStep:
    row: TagRow
    verdict: Verdict


@dataclass(frozen=True)
class Plan:
    """In the order of the rows."""

    users: list[UserStep]
    tags: list[TagStep]

    @property
    def verdicts(self) -> list[Verdict]:
        return [step.verdict for step in (*self.users, *self.tags)]


def plan(db: Session, rows: Rows, importer_id: int) -> Plan:
    """`importer_id` is the administrator, whose own password and role no file changes."""
    there, doubles = There.look(db, rows), Doubles.of(rows)
    said = [_said(row, there) for row in paused(rows.users)]
    asked = [
        # Of the tags only the file's own: those that the user has already collide with nobody.
        replace(details, id_tokens=row.tags, sites=after.sites)
        for row, (details, after) in zip(rows.users, said, strict=True)
    ]
    known = users.known(db, [*asked, UserDetails(id_tokens=[row.tag for row in rows.tags])])
    user_steps = [
        _user_step(row, details, after, there, doubles, known, importer_id)
        for row, (details, after) in zip(paused(rows.users), said, strict=True)
    ]
    by_email = {normal_email(step.row.email): step for step in user_steps}
    return Plan(user_steps, [_tag_step(row, there, doubles, known, by_email) for row in paused(rows.tags)])


def _is_example(email: str) -> bool:
    return normal_email(email).endswith(EXAMPLE_DOMAIN)


def _said(row: UserRow, there: There) -> tuple[UserDetails, UserDetails]:
    """What a row says of a user, and the whole user after it."""
    user = there.people.get(normal_email(row.email))
    details = UserDetails(
        role=row.role,
        first_name=row.first_name,
        last_name=row.last_name,
        email=None if user else row.email,
        password=row.password,
        password_hash=None if user else HASHED_LATER,
        alarm_email=row.alarm_email,
        sites=None if row.sites is None else [pk for name in row.sites if (pk := there.site_id(name))],
        id_tokens=row.tags,
    )
    if user is None:
        return details, details
    before = there.before[user.id]
    if row.tags is not None:
        own = {identity_of(token) for token in before.id_tokens or ()}
        added = [tag for tag in row.tags if identity_of(tag) not in own]
        details = replace(details, id_tokens=(*(before.id_tokens or ()), *added))
    return details, details.over(before)


def _user_step(
    row: UserRow,
    details: UserDetails,
    after: UserDetails,
    there: There,
    doubles: Doubles,
    known: Known,
    importer_id: int,
) -> UserStep:
    email = normal_email(row.email)
    user = there.people.get(email)
    if _is_example(email):
        return UserStep(row, Verdict(Outcome.SKIPPED), user, details, after)
    problems = [*row.problems, *_across(row, email, there, doubles)]
    if user is not None and user.id == importer_id and (row.password or (row.role and row.role is not user.role)):
        problems.append(Problem("email", "own_account"))
    told = {problem.field for problem in problems}
    for field, refusals in check(after, known, user.id if user else None).items():
        name = FIELDS.get(field, field)
        if name not in told:
            problems += [Problem.of(name, refusal) for refusal in refusals]
    before = there.before[user.id] if user else UserDetails()
    changes = _changes(before, after, there)
    if row.password is not None:
        changes.append(Change("password", "", ""))
    return UserStep(row, verdict(changes, problems, user is None), user, details, after)


def _across(row: UserRow, email: str, there: There, doubles: Doubles) -> list[Problem]:
    """What cannot be because of the other rows, or of what a name stands for."""
    problems = []
    if email and (place := doubles.of_email(email, row.place)):
        problems.append(Problem("email", "email_twice", {"row": place}))
    for tag in row.tags or ():
        if place := doubles.of_holder(tag, email):
            problems.append(Problem("tags", "tag_twice", {"value": tag, "row": place}))
    unknown = [name for name in row.sites or () if there.site_id(name) is None]
    return problems + [Problem("sites", "unknown_site", {"value": name}) for name in unknown]


def _changes(before: UserDetails, after: UserDetails, there: There) -> list[Change]:
    old, new = _shown(before, there), _shown(after, there)
    return [Change(field, old[field], new[field]) for field in new if old[field] != new[field]]


def _shown(details: UserDetails, there: There) -> dict[str, str]:
    """The fields as they are compared and shown."""
    return {
        "first_name": (details.first_name or "").strip(),
        "last_name": (details.last_name or "").strip(),
        "role": details.role or "",
        "sites": "; ".join(sorted(there.site_names.get(pk, "") for pk in details.sites or ())),
        "alarm_email": "yes" if details.alarm_email else "",
        "tags": "; ".join(details.id_tokens or ()),
    }


def _tag_step(row: TagRow, there: There, doubles: Doubles, known: Known, by_email: dict[str, UserStep]) -> TagStep:
    owner = normal_email(row.owner)
    if _is_example(owner):
        return TagStep(row, Verdict(Outcome.SKIPPED))
    tag = there.tags.get(identity_of(row.tag))
    problems = list(row.problems)
    told = {problem.field for problem in problems}
    if not row.tag and "tag" not in told:
        problems.append(Problem("tag", "needed"))
    if not owner and tag is None and "owner" not in told:
        problems.append(Problem("owner", "needed"))
    if row.tag and (place := doubles.of_tag_row(row.tag, row.place) or doubles.of_holder(row.tag, owner)):
        problems.append(Problem("tag", "tag_twice", {"value": row.tag, "row": place}))
    elif row.tag and owner:
        problems += _of_owner(row, owner, there, known, by_email)
    problems += _of_tag(row, tag)
    return TagStep(row, verdict(_tag_changes(row, tag, owner, there), problems, tag is None))


def _of_owner(row: TagRow, owner: str, there: There, known: Known, by_email: dict[str, UserStep]) -> list[Problem]:
    """Whether the owner may have this tag: the rule that holds for the tags of a user."""
    step, user = by_email.get(owner), there.people.get(owner)
    if step is not None and step.verdict.outcome is Outcome.REFUSED:
        return [Problem("owner", "owner_refused", {"row": step.row.place})]
    if step is None and user is None:
        return [Problem("owner", "unknown_owner")]
    role = step.after.role if step else user.role if user else None
    found = check(UserDetails(role=role, id_tokens=[row.tag]), known, user.id if user else None)
    return [Problem.of("tag", refusal) for refusal in found.get("id_tokens", ())]


def _of_tag(row: TagRow, tag: IdToken | None) -> list[Problem]:
    longest = IdToken.description.type.length
    if row.description is not None and len(row.description) > longest:
        return [Problem("description", "too_long", {"most": str(longest)})]
    begins = row.valid_from_at or (tag.valid_from_at if tag else None)
    ends = row.expires_at or (tag.expires_at if tag else None)
    return [] if begins_before_end(begins, ends) else [Problem("expires_at", "ends_before")]


def _tag_changes(row: TagRow, tag: IdToken | None, owner: str, there: There) -> list[Change]:
    changes = []
    user = there.people.get(owner)
    if owner and (tag is None or user is None or tag.user_id != user.id):
        changes.append(Change("owner", "", owner))
    for field in ("description", "valid_from_at", "expires_at", "blocked"):
        new = getattr(row, field)
        old = getattr(tag, field) if tag else None
        if new is not None and new != (old or (False if field == "blocked" else None)):
            changes.append(Change(field, _written(old), _written(new)))
    return changes


def _written(value: object) -> str:
    """As a change is kept: moments in ISO 8601, put into the reader's zone where they are shown."""
    if value is None or value is False:
        return "" if value is None else "no"
    if value is True:
        return "yes"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
