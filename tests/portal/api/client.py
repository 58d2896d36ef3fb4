"""A program that uses the API."""

import json
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

PREFIX = "/api/v1/"

Answer = tuple[int, Any]


@dataclass
class ApiClient:
    """Each call gives the status and the JSON of the answer."""

    http: FlaskClient
    token: str | None = None

    def call(self, method: str, path: str, **options: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        response = self.http.open(PREFIX + path, method=method, headers=headers, **options)
        assert response.is_json, response.text
        return response.status_code, response.json

    def get(self, path: str, q: Any = None) -> Answer:
        text = q if isinstance(q, str) else json.dumps(q)
        return self.call("GET", path, query_string={} if q is None else {"q": text})

    def post(self, path: str, body: Any) -> Answer:
        return self.call("POST", path, json=body)

    def put(self, path: str, body: Any) -> Answer:
        return self.call("PUT", path, json=body)

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path)

    def make(self, path: str, **body: Any) -> int:
        """Create a row and give its id."""
        status, answer = self.post(path, body)
        assert status == 201, answer
        return answer["id"]
