"""A riskapi service asked from Python, with the same methods and objects as `riskapi.Workspace`.

from riskapi.client import Client

with Client("https://risk.example.org", key=key) as client:
    answer = client.score("Xiaomi", "Ford", type="joint_venture", activity_country="US", as_of="2026-11-22")
"""

from __future__ import annotations

from riskapi.client.asynchronous import AsyncClient
from riskapi.client.errors import (
    AccessError,
    MissingError,
    RefusedNameError,
    RefusedRequestError,
    RemoteConflictError,
    RemoteError,
    ServiceError,
    TooBusyError,
    UnfinishedError,
    UnreachableError,
    UnreadableError,
)
from riskapi.client.jobs import AsyncJob, Job
from riskapi.client.pages import AsyncPages, Page, Pages
from riskapi.client.policy import Policy
from riskapi.client.sync import Client
from riskapi.watch.signature import SeenIds, WebhookRefusedError, verify

__all__ = [
    "AccessError",
    "AsyncClient",
    "AsyncJob",
    "AsyncPages",
    "Client",
    "Job",
    "MissingError",
    "Page",
    "Pages",
    "Policy",
    "RefusedNameError",
    "RefusedRequestError",
    "RemoteConflictError",
    "RemoteError",
    "SeenIds",
    "ServiceError",
    "TooBusyError",
    "UnfinishedError",
    "UnreachableError",
    "UnreadableError",
    "WebhookRefusedError",
    "verify",
]
