"""What an administrator sets for a service: one model for each kind. Secrets stand elsewhere (setting_up.py)."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from config import get_settings
from domain import endpoints


def check_address(url: str) -> str:
    """Raises EndpointError for an address where no service is called."""
    endpoints.check(url, loopback_allowed=get_settings().services_allow_loopback)
    return url


def _good_address(url: str) -> str:
    try:
        return check_address(url)
    except endpoints.EndpointError as error:
        raise ValueError(str(error)) from error


Address = Annotated[str, AfterValidator(_good_address)]


class Configuration(BaseModel):
    model_config = ConfigDict(frozen=True)


class WebhookTopic(StrEnum):
    """What a webhook is told."""

    STATUS = "status"
    CHARGING_SESSIONS = "charging_sessions"
    ALARMS = "alarms"


class WebhookConfiguration(Configuration):
    url: Address
    topics: tuple[WebhookTopic, ...]


class MapFeedConfiguration(Configuration):
    country_code: str = Field(pattern=r"^[A-Z]{2}$")
    """Of the operator, in ISO 3166 (OCPI 2.2.1, 3.1.4)."""
    party_id: str = Field(pattern=r"^[A-Z0-9]{3}$")
    operator: str = Field(default="", max_length=100)
    country: str = Field(pattern=r"^[A-Z]{3}$")
    """In which sites are that name none, or one that nobody knows."""
    amperes: int = Field(default=32, ge=1, le=1000)
    """What an outlet gives that says nothing of its own."""
    phases: int = Field(default=3)
    excluded_site_ids: tuple[int, ...] = ()


class ParkingConfiguration(Configuration):
    url: Address
    progress_minutes: int = Field(default=5, ge=1, le=1440)
    """How often it is told how far a charge is."""
    start_minutes: int = Field(default=5, ge=1, le=60)
    """For how long a driver may take to plug in."""
    only_listed: bool = False
    """Whether it may charge only where an outlet has a value for it."""
