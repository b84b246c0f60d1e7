"""The client for programs that wait. Enters: the address of a service. Leaves: the objects that `riskapi.Workspace` gives."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

import httpx

from riskapi.client import calls_jobs, calls_known, calls_scores, calls_watch
from riskapi.client.call import Call, Outcome, Send, Talk
from riskapi.client.calls_jobs import JobSeen
from riskapi.client.connection import Body, access_to, broken_by, client_options, request_options
from riskapi.client.exchange import Means, exchange
from riskapi.client.jobs import Job
from riskapi.client.method import method_of
from riskapi.client.pages import PageCall, Pages
from riskapi.client.policy import Policy

P = ParamSpec("P")
T = TypeVar("T")


def _asked(call: Callable[P, Call[T]]) -> Callable[Concatenate[Client, P], T]:
    """A method that gives what the request is answered with."""

    @method_of(call)
    def ask(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.converse(exchange(call(*args, **kwargs), self.means))

    return ask


def _listed(call: Callable[P, PageCall[T]]) -> Callable[Concatenate[Client, P], Pages[T]]:
    """A method that gives a list to walk through; nothing is sent before that."""

    @method_of(call, "Pages[{}]")
    def walk(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> Pages[T]:
        return Pages(call(*args, **kwargs), lambda page: self.converse(exchange(page, self.means)))

    return walk


def _followed(call: Callable[P, Call[JobSeen]]) -> Callable[Concatenate[Client, P], Job]:
    """A method that gives a job."""

    @method_of(call, "Job")
    def follow(self: Client, /, *args: P.args, **kwargs: P.kwargs) -> Job:
        seen = self.converse(exchange(call(*args, **kwargs), self.means))
        return Job(self, seen.record, seen.is_repeat)

    return follow


class Client:
    """A service, asked like a `riskapi.Workspace`. Safe for use from several threads; close it, or use it in `with`.

    `score`, `ask`, `whatif` and `resolve` take and give what those of the workspace do. All methods raise `RemoteError`, among
    them the errors that the workspace raises.
    """

    def __init__(  # noqa: PLR0913  # what a program or test may want to set
        self,
        url: str,
        *,
        key: str | None = None,
        policy: Policy | None = None,
        traceparent: Callable[[], str | None] = lambda: None,
        allow_http: bool = False,
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        seconds: Callable[[], float] = time.monotonic,
        draw: Callable[[], float] = random.random,
    ) -> None:
        """Reach the service at `url` with an API key.

        `policy` says how patient the client is; `traceparent` gives the W3C trace context of the moment. A key is sent over
        http to this machine only, unless `allow_http` is set. Raises `SettingsError`; nothing is sent yet.
        """
        self._access, usable = access_to(url, key, allow_http=allow_http)
        self._policy = policy or Policy()
        self.means = Means(policy=self._policy, seconds=seconds, now=_now, draw=draw, traceparent=traceparent)
        self._sleep, self._seconds = sleep, seconds
        self._http = httpx.Client(transport=transport, **client_options(self._access.url, usable, self._policy))

    def __repr__(self) -> str:
        return f"Client({self._access})"

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Questions

    score = _asked(calls_scores.score)
    ask = _asked(calls_scores.ask)
    whatif = _asked(calls_scores.whatif)
    batch = _asked(calls_scores.batch)
    batch_file = _asked(calls_scores.batch_file)
    template = _asked(calls_scores.template)

    # Assessments

    keep = _asked(calls_scores.keep)
    assessments = _listed(calls_scores.assessments)
    assessment = _asked(calls_scores.assessment)
    assessment_file = _asked(calls_scores.assessment_file)
    verify = _asked(calls_scores.verify)
    rerun = _asked(calls_scores.rerun)
    delete_assessment = _asked(calls_scores.delete_assessment)

    # Jobs

    matrix = _followed(calls_jobs.matrix)
    batch_job = _followed(calls_jobs.batch_job)
    jobs = _listed(calls_jobs.jobs)
    job = _followed(calls_jobs.job)

    # Watchlists

    watch = _asked(calls_watch.watch)
    watchlists = _asked(calls_watch.watchlists)
    watchlist = _asked(calls_watch.watchlist)
    change_watchlist = _asked(calls_watch.change_watchlist)
    add_to_watchlist = _asked(calls_watch.add_to_watchlist)
    remove_from_watchlist = _asked(calls_watch.remove_from_watchlist)
    delete_watchlist = _asked(calls_watch.delete_watchlist)
    changes = _asked(calls_watch.changes)

    # Companies, deals, duties

    resolve = _asked(calls_known.resolve)
    company = _asked(calls_known.company)
    deals = _listed(calls_known.deals)
    deal = _asked(calls_known.deal)
    duty = _asked(calls_known.duty)

    # Rules, facts, the service

    rules = _listed(calls_known.rules)
    rule = _asked(calls_known.rule)
    facts = _asked(calls_known.facts)
    datasets = _asked(calls_known.datasets)
    health = _asked(calls_known.health)
    get = _asked(calls_known.get)

    # Parts

    def converse(self, talk: Talk[T]) -> T:
        """Have a conversation with the service: do what it wants until it has its result."""
        outcome: Outcome | None = None
        while True:
            try:
                step = talk.send(outcome)
            except StopIteration as ended:
                result: T = ended.value
                return result
            outcome = None
            if isinstance(step, Send):
                outcome = self._perform(step)
            else:
                self._sleep(step.seconds)

    def _perform(self, send: Send) -> Outcome:
        body = Body(send, self._seconds)
        try:
            with self._http.stream(**request_options(send, self._policy)) as response:
                for part in response.iter_bytes():
                    if stop := body.add(part):
                        return stop
                return body.received(response)
        except httpx.RequestError as error:
            return broken_by(error)


def _now() -> datetime:
    return datetime.now(UTC)
