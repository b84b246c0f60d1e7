"""The service with its web page: the arguments of `riskapi.api.app.create_app` in, the same application with pages out."""

from __future__ import annotations

from typing import Any

from litestar import Litestar

from riskapi.api import app as api
from riskapi.web.routes import page_routes


def create_app(**named: Any) -> Litestar:  # noqa: ANN401  # those of the service, passed on
    """The service as `riskapi serve` starts it."""
    return api.create_app(**named, pages=page_routes)
