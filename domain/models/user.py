"""A person with a login: Flask-AppBuilder's user with what this portal adds."""

from typing import TYPE_CHECKING

from flask_appbuilder import Model
from flask_appbuilder.security.sqla.models import User as FabUser
from flask_appbuilder.security.sqla.models import assoc_user_role
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.models.columns import HIDDEN_INFO
from domain.models.node import Site
from domain.roles import RoleName

if TYPE_CHECKING:
    from domain.models.id_token import IdToken

site_administrator = Table(
    "site_administrator",
    Model.metadata,
    Column("user_id", Integer, ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True),
    Column("site_id", Integer, ForeignKey("site.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_site_administrator_site_id", "site_id"),
)
"""Which sites are assigned to which site administrator."""

site_driver = Table(
    "site_driver",
    Model.metadata,
    Column("site_id", Integer, ForeignKey("site.id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", Integer, ForeignKey("ab_user.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_site_driver_user_id", "user_id"),
)
"""Who has ever charged at which site: written with the first session there, so that nobody searches the sessions."""

Index("uq_ab_user_role_user_id", assoc_user_role.c.user_id, unique=True)
"""Each user has one role (domain/roles.py)."""


class PortalUser(FabUser):
    """Named apart from its base, because models find each other by class name.

    The e-mail is the login; `username` holds it in lower case, because only that look-up ignores case.
    """

    __tablename__ = "ab_user"

    language: Mapped[str | None] = mapped_column(String(8))
    """Chosen language, such as `da`; without one the browser's is used."""
    time_zone: Mapped[str | None] = mapped_column(String(64))
    """Chosen time zone, such as `Europe/Copenhagen`; without one the installation's is used."""
    alarm_email: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    """Wants an e-mail while alarms are active (manual, "E-mail ved alarm")."""
    alarm_digest_hour: Mapped[int] = mapped_column(SmallInteger, server_default=text("7"), default=7)
    """At which hour, on the user's clock."""
    alarms_at_once: Mapped[list[str]] = mapped_column(ARRAY(String(32)), server_default=text("'{}'"), default=list)
    """Of which kinds the user is told as soon as they are raised."""
    dashboard_panes: Mapped[list[str] | None] = mapped_column(ARRAY(String(50)))
    """The chosen panes in order; without a choice those of the role."""
    sign_in_number: Mapped[int] = mapped_column(server_default=text("0"), default=0)
    """Stands in every cookie and token; counting it up ends all sign-ins."""
    totp_secret: Mapped[str | None] = mapped_column(String(255), info=HIDDEN_INFO)
    """The second factor's secret, encrypted; none while there is no second factor."""
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    """The time step of the last code that was accepted: no code counts twice (RFC 6238, 5.2)."""
    recovery_code_hashes: Mapped[list[str]] = mapped_column(
        ARRAY(String(64)), server_default=text("'{}'"), default=list, info=HIDDEN_INFO
    )

    sites: Mapped[list[Site]] = relationship(secondary=site_administrator, order_by=Site.name, passive_deletes=True)
    """The sites of a site administrator."""
    id_tokens: Mapped[list["IdToken"]] = relationship(viewonly=True, order_by="IdToken.id")
    """The tags of an EV user; written through domain/users.py."""

    @property
    def role(self) -> RoleName | None:
        """The role, if it is one of ours."""
        names = {role.name for role in self.roles}
        return next((name for name in RoleName if name in names), None)

    def get_id(self) -> str:
        """What cookies and tokens call this user; worthless once `sign_in_number` is another."""
        return f"{self.id}.{self.sign_in_number}"

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


Index("ix_ab_user_alarm_email", PortalUser.__table__.c.id, postgresql_where=PortalUser.__table__.c.alarm_email)


def _begins(name: str, expression: ColumnElement[str]) -> Index:
    """Finds those whose `expression` begins with something, whatever the database's collation is."""
    return Index(f"ix_ab_user_{name}_begins", expression.label(name), postgresql_ops={name: "text_pattern_ops"})


_begins("username", PortalUser.__table__.c.username)
_begins("first_name", func.lower(PortalUser.__table__.c.first_name))
_begins("last_name", func.lower(PortalUser.__table__.c.last_name))
