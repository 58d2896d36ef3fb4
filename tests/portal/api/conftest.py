"""A program in front of the portal in this process."""

import pytest
from flask import Flask
from flask_jwt_extended import create_access_token

from tests.portal.api.client import ApiClient
from tests.portal.conftest import EMAIL


@pytest.fixture
def stranger(portal: Flask) -> ApiClient:
    """A program without a token."""
    return ApiClient(portal.test_client())


@pytest.fixture
def api(portal: Flask, stranger: ApiClient) -> ApiClient:
    """A program with an administrator's."""
    with portal.app_context():
        user = portal.appbuilder.sm.find_user(email=EMAIL)
        stranger.token = create_access_token(identity=user.get_id())
    return stranger
