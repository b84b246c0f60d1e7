"""The client for programs that do several things at once. The same methods as `riskapi.client.sync`, to be awaited."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from riskapi.assessment.answer import Answer
from riskapi.assessment.whatif import WhatIfAnswer
from riskapi.claims.record import DealShort
from riskapi.client import calls_jobs, calls_known, calls_scores, calls_watch
from riskapi.client.call import Call, Outcome, Send, Talk
from riskapi.client.calls_jobs import Side, Templates
from riskapi.client.calls_scores import KeptAnswer
from riskapi.client.connection import Body, access_to, broken_by, client_options, request_options
from riskapi.client.exchange import Means, exchange
from riskapi.client.jobs import AsyncJob
from riskapi.client.pages import AsyncPages, PageCall
from riskapi.client.policy import Policy
from riskapi.client.writing import Day
from riskapi.entities.resolution import Resolution
from riskapi.records.assessments import AssessmentAnswer, RerunAnswer, Verification
from riskapi.records.companies import CompanyAnswer
from riskapi.records.datasets import DatasetsAnswer
from riskapi.records.deals import DealAnswer
from riskapi.records.duties import DutyAnswer
from riskapi.records.facts import FactsAnswer
from riskapi.records.jobs import JobAnswer
from riskapi.records.rules import RuleFull, RuleShort
from riskapi.records.scores import BatchAnswer
from riskapi.records.service import HealthAnswer
from riskapi.records.watchlists import ChangesAnswer, WatchlistAnswer, WatchlistRecord
from riskapi.store.shown import AssessmentRecord

T = TypeVar("T")


class AsyncClient:
    """A service, asked like a `riskapi.Workspace`, each answer awaited. Close it with `aclose`, or use it in `async with`.

    Methods, arguments, results and errors are those of `riskapi.client.Client`; lists are walked with `async for`.
    """

    def __init__(  # noqa: PLR0913  # what a program or test may want to set
        self,
        url: str,
        *,
        key: str | None = None,
        policy: Policy | None = None,
        traceparent: Callable[[], str | None] = lambda: None,
        allow_http: bool = False,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
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
        self._http = httpx.AsyncClient(transport=transport, **client_options(self._access.url, usable, self._policy))

    def __repr__(self) -> str:
        return f"AsyncClient({self._access})"

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    # Questions

    async def score(
        self,
        first: str | Mapping[str, Any],
        second: str | Mapping[str, Any],
        *,
        as_of: date | str,
        foreign_party: str | None = None,
        **deal: Any,  # noqa: ANN401  # deal facts are checked against the vocabulary
    ) -> Answer:
        """Score two parties (names, ids, or descriptions) and the facts of a deal: `type="joint_venture", ...`."""
        data = calls_scores.question(first, second, as_of=as_of, foreign_party=foreign_party, deal=deal)
        return await self._run(calls_scores.ask(data, date.min))

    async def ask(self, data: object, *, today: date) -> Answer:
        """Answer a question in the form of a request body; `today` is the as-of date where it states none."""
        return await self._run(calls_scores.ask(data, today))

    async def whatif(self, data: object, *, today: date) -> WhatIfAnswer:
        """What would change the result of a question in the form of a request body with `grid`, `prefer` and `keep`."""
        return await self._run(calls_scores.whatif(data, today))

    async def batch(self, questions: Sequence[object], *, full: bool = False) -> BatchAnswer:
        """A row or a problem for each question; a bad one fails alone. With `full` each row brings its whole answer."""
        return await self._run(calls_scores.batch(questions, full=full))

    async def batch_file(
        self, content: bytes, form: str = "xlsx", *, answer: str | None = None, as_of: Day = None
    ) -> bytes:
        """A file of pairings (`form` xlsx or csv) with columns added that tell the answers; `answer` is the form that it gets.

        `template` gives a workbook to fill in.
        """
        return await self._run(calls_scores.batch_file(content, form, answer, as_of))

    async def template(self) -> bytes:
        """A workbook for pairings, to be filled in and sent to `batch_file`."""
        return await self._run(calls_scores.template())

    # Assessments

    async def keep(
        self, data: object, *, today: date, label: str | None = None, idempotency_key: str | None = None
    ) -> KeptAnswer:
        """Answer a question and keep both. It is kept once, however often it has to be sent."""
        return await self._run(calls_scores.keep(data, today, label, idempotency_key))

    def assessments(  # noqa: PLR0913  # the filters of the service
        self,
        *,
        party: str | None = None,
        label: str | None = None,
        band: str | None = None,
        as_of_from: Day = None,
        as_of_to: Day = None,
        created_from: Day = None,
        created_to: Day = None,
        order: str | None = None,
        page_size: int | None = None,
    ) -> AsyncPages[AssessmentRecord]:
        """Kept assessments, the newest first, as they are when the walk begins."""
        return self._pages(
            calls_scores.assessments(
                party=party, label=label, band=band, as_of_from=as_of_from, as_of_to=as_of_to,
                created_from=created_from, created_to=created_to, order=order, page_size=page_size,
            )
        )  # fmt: skip

    async def assessment(self, assessment_id: str) -> AssessmentAnswer:
        """A kept assessment."""
        return await self._run(calls_scores.assessment(assessment_id))

    async def assessment_file(self, assessment_id: str, form: str = "xlsx") -> bytes:
        """A kept assessment as a briefing workbook (xlsx), a page to print (html) or a table of its rules (csv)."""
        return await self._run(calls_scores.assessment_file(assessment_id, form))

    async def verify(self, assessment_id: str) -> Verification:
        """Whether the same question would give the same bytes now, and if not, why."""
        return await self._run(calls_scores.verify(assessment_id))

    async def rerun(self, assessment_id: str, *, as_of: Day = None) -> RerunAnswer:
        """A kept question by the rules and data of now, on its own day or another, and what differs."""
        return await self._run(calls_scores.rerun(assessment_id, as_of))

    async def delete_assessment(self, assessment_id: str) -> None:
        """Delete a kept assessment."""
        await self._run(calls_scores.delete_assessment(assessment_id))

    # Jobs

    async def matrix(  # noqa: PLR0913  # the question has that many sides
        self,
        foreign: Side,
        hosts: Side,
        templates: Templates,
        *,
        dates: Sequence[date | str] | None = None,
        top: int | None = None,
        label: str | None = None,
        idempotency_key: str | None = None,
    ) -> AsyncJob:
        """Score every company of one side with every company of the other, for each kind of deal and each day.

        A side is a selector such as `control_country=CN,sector=automotive`, or a list of names; `templates` are the facts of
        each kind of deal by its name. Without `dates` the day of the service is taken.
        """
        seen = await self._run(calls_jobs.matrix(foreign, hosts, templates, dates, top, label, idempotency_key))
        return AsyncJob(self, seen.record, seen.is_repeat)

    async def batch_job(
        self, questions: Sequence[object], *, label: str | None = None, idempotency_key: str | None = None
    ) -> AsyncJob:
        """Score far more questions than `batch` takes. A question without a day is put on that of the service."""
        seen = await self._run(calls_jobs.batch_job(questions, label, idempotency_key))
        return AsyncJob(self, seen.record, seen.is_repeat)

    def jobs(
        self,
        *,
        state: str | None = None,
        kind: str | None = None,
        label: str | None = None,
        page_size: int | None = None,
    ) -> AsyncPages[JobAnswer]:
        """The jobs that pass the filters, the newest first."""
        return self._pages(calls_jobs.jobs(state, kind, label, page_size))

    async def job(self, job_id: str) -> AsyncJob:
        """A job by its id, to wait for or to fetch its rows."""
        return AsyncJob(self, (await self._run(calls_jobs.job(job_id))).record)

    # Watchlists

    async def watch(
        self, name: str, items: Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None
    ) -> WatchlistAnswer:
        """Save questions that are put again whenever rules or data change.

        An item is `{"question": ..., "label": ..., "thresholds": {"score": ..., "moves_by": ...}}`; the question is like that
        of `ask`, without a day.
        """
        return await self._run(calls_watch.watch(name, items, idempotency_key))

    async def watchlists(self) -> tuple[WatchlistRecord, ...]:
        """All lists, without their items."""
        return await self._run(calls_watch.watchlists())

    async def watchlist(self, watchlist_id: str) -> WatchlistAnswer:
        """A list with the newest results."""
        return await self._run(calls_watch.watchlist(watchlist_id))

    async def change_watchlist(
        self, watchlist_id: str, name: str, items: Sequence[Mapping[str, Any]], *, version: int | None = None
    ) -> WatchlistAnswer:
        """Give a list another name and other items, if it still has that `version`; None is whatever it has."""
        return await self._run(calls_watch.change_watchlist(watchlist_id, name, items, version))

    async def add_to_watchlist(
        self, watchlist_id: str, items: Sequence[Mapping[str, Any]], *, idempotency_key: str | None = None
    ) -> WatchlistAnswer:
        """Add questions to a list."""
        return await self._run(calls_watch.add_to_watchlist(watchlist_id, items, idempotency_key))

    async def remove_from_watchlist(self, watchlist_id: str, item_id: str) -> WatchlistAnswer:
        """Take a question out of a list."""
        return await self._run(calls_watch.remove_from_watchlist(watchlist_id, item_id))

    async def delete_watchlist(self, watchlist_id: str, *, version: int | None = None) -> None:
        """Delete a list, if it still has that `version`; None is whatever it has."""
        await self._run(calls_watch.delete_watchlist(watchlist_id, version))

    async def changes(
        self,
        watchlist_id: str | None = None,
        *,
        since: Day = None,
        cursor: str | None = None,
        page_size: int | None = None,
    ) -> ChangesAnswer:
        """What moved in a list, or in all. Keep the `cursor` of the answer and give it next time: nothing is missed."""
        return await self._run(calls_watch.changes(watchlist_id, since, cursor, page_size))

    # Companies, deals, duties

    async def resolve(self, name: str, country: str | None = None, as_of: date | None = None) -> Resolution:
        """Which company a name means, on a day where names change: a match, several candidates, or none with near misses."""
        return await self._run(calls_known.resolve(name, country, as_of))

    async def company(self, company_id: str, *, as_of: Day = None) -> CompanyAnswer:
        """What is known of a company on a day, and the rows that it rests on."""
        return await self._run(calls_known.company(company_id, as_of))

    def deals(
        self, *, party: str | None = None, status: str | None = None, as_of: Day = None, page_size: int | None = None
    ) -> AsyncPages[DealShort]:
        """Reported deals that were public on a day, each with its status."""
        return self._pages(calls_known.deals(party, status, as_of, page_size))

    async def deal(self, deal_id: str, *, as_of: Day = None) -> DealAnswer:
        """A deal: who said what by the day, and what follows."""
        return await self._run(calls_known.deal(deal_id, as_of))

    async def duty(  # noqa: PLR0913  # the question has that many sides
        self,
        product: str,
        origin: str,
        importer: str,
        *,
        on: Day = None,
        maker: str | None = None,
        since: Day = None,
        given: Mapping[str, bool] | None = None,
    ) -> DutyAnswer:
        """What a good pays at a border on a day, measure by measure; with `since` also every change since then."""
        return await self._run(calls_known.duty(product, origin, importer, on, maker, since, given))

    # Rules, facts, the service

    def rules(  # noqa: PLR0913  # the filters of the service
        self,
        *,
        jurisdiction: str | None = None,
        pillar: str | None = None,
        gate: str | None = None,
        kind: str | None = None,
        state: str | None = None,
        words: str | None = None,
        as_of: Day = None,
        page_size: int | None = None,
    ) -> AsyncPages[RuleShort]:
        """The rules that pass the filters; `words` are looked for in id, title, citation, sentence and condition."""
        return self._pages(
            calls_known.rules(
                jurisdiction=jurisdiction, pillar=pillar, gate=gate, kind=kind, state=state, q=words, as_of=as_of,
                limit=page_size,
            )
        )  # fmt: skip

    async def rule(self, rule_id: str, *, as_of: Day = None) -> RuleFull:
        """A rule in full: condition, dates, points and why, citation, tests."""
        return await self._run(calls_known.rule(rule_id, as_of))

    async def facts(self) -> FactsAnswer:
        """The facts that rules use and callers may tell, with their code lists."""
        return await self._run(calls_known.facts())

    async def datasets(self) -> DatasetsAnswer:
        """The tables, their sizes and their newest sources."""
        return await self._run(calls_known.datasets())

    async def health(self) -> HealthAnswer:
        """That the service lives, and its version."""
        return await self._run(calls_known.health())

    async def get(self, path: str, **query: object) -> Any:  # noqa: ANN401  # any JSON
        """The JSON at any address of the service, for what this client has no method for."""
        return await self._run(calls_known.get(path, query))

    # Parts

    def _pages(self, call: PageCall[T]) -> AsyncPages[T]:
        return AsyncPages(call, self._run)

    async def _run(self, call: Call[T]) -> T:
        return await self.converse(exchange(call, self.means))

    async def converse(self, talk: Talk[T]) -> T:
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
                outcome = await self._perform(step)
            else:
                await self._sleep(step.seconds)

    async def _perform(self, send: Send) -> Outcome:
        body = Body(send, self._seconds)
        try:
            async with self._http.stream(**request_options(send, self._policy)) as response:
                async for part in response.aiter_bytes():
                    if stop := body.add(part):
                        return stop
                return body.received(response)
        except httpx.RequestError as error:
            return broken_by(error)


def _now() -> datetime:
    return datetime.now(UTC)
