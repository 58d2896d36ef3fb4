"""The settings, or one clear sentence about the wrong one."""

from pydantic import ValidationError

from config import Settings, get_settings
from launcher.errors import LaunchError


def load_settings() -> Settings:
    """The settings of this installation; a wrong one is named, and its value (maybe a secret) is not shown."""
    try:
        return get_settings()
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        name = str(wrong["loc"][0]).upper()
        reason = wrong["msg"].removeprefix("Value error, ").rstrip(".")
        raise LaunchError(f"The setting {name} is wrong: {reason[0].lower()}{reason[1:]}.") from None
