"""A program in front of the portal, as the tests of the API have it."""

from tests.portal.api.conftest import api, stranger

__all__ = ["api", "stranger"]
