"""Questions are answered again when rules, data, edits or the day change; what moved is told once, with its cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from riskapi.api.operations.watch_samples import QUESTION
from riskapi.assessment.answer import Versions
from riskapi.errors import Problem, RequestError
from riskapi.store import deliveries, watch_feed, watchlists, webhooks
from riskapi.store.database import Store
from riskapi.store.tables import DEFAULT_TENANT
from riskapi.store.tenants import ensure_tenant
from riskapi.store.watch_feed import Wanted
from riskapi.store.watchlists import NewItem
from riskapi.store.webhooks import NewWebhook, Webhook
from riskapi.watch.model import Change, read_change
from riskapi.watch.rounds import Done, Rescorer, first_state
from tests.shipped import shipped_workspace
from tests.store.watching import (
    FIRST,
    NEXT,
    NOON,
    TODAY,
    Answers,
    Clock,
    items_in,
    lent,
    make_list,
    new_item,
    signature,
)

TOMORROW = TODAY + timedelta(days=1)


def rescorer(store: Store, answers: Answers, **more: Any) -> Rescorer:
    return Rescorer(store=store, workspaces=answers.lease, now=Clock(), **more)


def changes(store: Store, tenant: str = DEFAULT_TENANT) -> list[Change]:
    with store.read() as session:
        return [read_change(entry.body) for entry in watch_feed.page(session, tenant, Wanted(), 200)[0]]


def hook(store: Store, *events: str, lists: tuple[str, ...] | None = None) -> Webhook:
    with store.write() as session:
        new = NewWebhook(url="https://x.test/", events=events, watchlists=lists)
        return webhooks.create(session, DEFAULT_TENANT, new, "mark", signature())


def sent_to(store: Store, webhook: Webhook) -> list[str]:
    with store.read() as session:
        return [message.event for message in deliveries.page(session, webhook.id, None, limit=200)[0]]


def test_nothing_is_done_while_rules_data_and_day_are_the_same(store: Store) -> None:
    make_list(store, items=3)
    answers = Answers()
    assert rescorer(store, answers).run(TODAY) == Done()
    assert answers.asked == []


def test_a_moved_result_is_told_once_with_its_cause(store: Store) -> None:
    made = make_list(store, items=2)
    again = rescorer(store, Answers(NEXT, lambda question, _: 80.0 if question["parties"][0] == "a1" else 50.0))
    assert again.run(TODAY) == Done(lists=1, items=2, changes=1)
    assert again.run(TODAY) == Done()
    (change,) = changes(store)
    assert (change.label, change.causes, change.delta, change.watchlist_name) == ("item 1", ("dataset",), 30.0, "cars")
    quiet, moved = items_in(store, made.id)
    assert (quiet.changed_at, quiet.state.versions, moved.changed_at) == (None, NEXT, change.at)


def test_a_new_day_moves_what_dated_law_moves_and_says_so(store: Store) -> None:
    make_list(store)
    answers = Answers(FIRST, lambda _, day: 80.0 if day >= TOMORROW else 50.0)
    rescorer(store, answers).run(TOMORROW)
    (change,) = changes(store)
    assert change.causes == ("calendar",)
    assert change.after
    assert (change.before.as_of, change.after.as_of) == (TODAY, TOMORROW)


def test_where_data_and_day_are_new_the_one_that_moved_nothing_is_left_out(store: Store) -> None:
    make_list(store)
    rescorer(store, Answers(NEXT, lambda _, day: 80.0 if day >= TOMORROW else 50.0)).run(TOMORROW)
    assert [change.causes for change in changes(store)] == [("calendar",)]


def test_what_editors_wrote_is_a_cause_of_its_own(store: Store) -> None:
    make_list(store)
    edited = Answers(Versions(engine="1", rule_set=FIRST.rule_set, dataset="d1+edits.abc"), lambda *_: 80.0)

    def lease(tenant: str | None) -> Any:
        return lent(edited if tenant else Answers())

    Rescorer(store=store, workspaces=lease, now=Clock()).run(TODAY)
    assert [change.causes for change in changes(store)] == [("edits",)]


def test_a_question_that_cannot_be_answered_any_more_is_told_once_and_again_when_it_can(store: Store) -> None:
    make_list(store)

    def fail(*_: object) -> float:
        raise RequestError(Problem(code="party-unsettled", detail="two companies are called so"))

    rescorer(store, Answers(NEXT, fail)).run(TODAY)
    rescorer(store, Answers(FIRST, fail)).run(TODAY)  # not announced: nothing happens
    later = replace(NEXT, dataset="d3")
    again = rescorer(store, Answers(later, fail))
    again.announce()
    again.run(TODAY)
    well = rescorer(store, Answers(replace(NEXT, dataset="d4"), lambda *_: 50.0))
    well.announce()
    well.run(TODAY)
    failed, answered = changes(store)
    assert (failed.kind, failed.failure, failed.after) == ("failed", "two companies are called so", None)
    assert (answered.kind, answered.delta, answered.before.versions.dataset) == ("answered", 0.0, "d1")


def test_a_fault_of_ours_concerns_one_item_and_tells_nothing_of_the_inside(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    make_list(store, items=2)

    def fail_once(question: Any, _: date) -> float:
        if question["parties"][0] == "a0":
            raise ZeroDivisionError("secret")
        return 80.0

    assert rescorer(store, Answers(NEXT, fail_once)).run(TODAY) == Done(lists=1, items=2, changes=2)
    failed, moved = changes(store)
    assert (failed.kind, moved.kind) == ("failed", "moved")
    assert "incident" in (failed.failure or "")
    assert "secret" not in (failed.failure or "")
    assert "secret" in caplog.text


def test_a_message_goes_to_each_webhook_that_wants_it(store: Store) -> None:
    made = make_list(store)
    with store.write() as session:
        watchlists.add(session, DEFAULT_TENANT, made.id, [new_item(5, thresholds={"moves_by": 90.0})], signature())
    everything = hook(store, "watchlist.alert", "watchlist.changed")
    alerts, elsewhere = hook(store, "watchlist.alert"), hook(store, "watchlist.alert", lists=("other",))
    rescorer(store, Answers(NEXT, lambda *_: 80.0)).run(TODAY)
    assert sorted(sent_to(store, everything)) == ["watchlist.alert", "watchlist.changed"]
    assert sent_to(store, alerts) == ["watchlist.alert"]
    assert sent_to(store, elsewhere) == []


def test_a_change_and_its_messages_are_kept_together_or_not_at_all(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_list(store)
    webhook = hook(store, "watchlist.alert")

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("riskapi.store.deliveries.enqueue", fail)
        with pytest.raises(ZeroDivisionError):
            rescorer(store, Answers(NEXT, lambda *_: 80.0)).run(TODAY)
    assert (changes(store), sent_to(store, webhook), items_in(store, made.id)[0].serial) == ([], [], 1)
    clock = Clock(NOON + timedelta(minutes=2))  # the lease of the one that failed is over
    Rescorer(store=store, workspaces=Answers(NEXT, lambda *_: 80.0).lease, now=clock).run(TODAY)
    assert (len(changes(store)), sent_to(store, webhook)) == (1, ["watchlist.alert"])


def test_tenants_hear_of_their_own_questions_only(store: Store) -> None:
    with store.write() as session:
        ensure_tenant(session, "other")
    make_list(store, items=2)
    make_list(store, tenant="other")
    webhook = hook(store, "watchlist.alert")
    rescorer(store, Answers(NEXT, lambda *_: 80.0)).run(TODAY)
    assert (len(changes(store)), len(changes(store, "other"))) == (2, 1)
    assert len(sent_to(store, webhook)) == 2


def test_a_round_ends_where_the_rules_are_exchanged_under_it(store: Store) -> None:
    make_list(store, items=3)
    answers = Answers(NEXT, lambda *_: 80.0)

    def exchange(*_: object) -> float:
        answers.versions = replace(NEXT, dataset="d3")
        return 80.0

    answers.score_of = exchange
    assert rescorer(store, answers).run(TODAY).items == 1
    # The next round does the rest, and what was done of the first stays told once.
    again = rescorer(store, answers)
    again.announce()
    again.run(TODAY)
    assert [change.label for change in changes(store)] == ["item 0", "item 1", "item 2"]


def test_a_round_rests_as_long_as_it_works_and_ends_when_it_is_told_to(store: Store) -> None:
    make_list(store, items=3)
    rests: list[float] = []
    again = rescorer(store, Answers(NEXT), rest=rests.append, stops=lambda: len(rests) == 2)
    assert again.run(TODAY).items == 2
    assert all(seconds > 0 for seconds in rests)
    assert rescorer(store, Answers(NEXT)).run(TODAY).items == 1, "what was left over is free for others"


@pytest.mark.slow
def test_the_day_on_which_a_shipped_rule_begins_moves_a_shipped_question(store: Store) -> None:
    """15 CFR 791 subpart D has been in force since 2025-03-17."""
    workspace, before, begins = shipped_workspace(), date(2025, 3, 16), date(2025, 3, 17)
    item = NewItem(question=QUESTION, label=None, thresholds=None, state=first_state(workspace, QUESTION, before, NOON))
    with store.write() as session:
        watchlists.create(session, DEFAULT_TENANT, "cars", [item], signature())
    Rescorer(store=store, workspaces=lambda _: lent(workspace), now=Clock()).run(begins)  # type: ignore[arg-type]
    (change,) = changes(store)
    assert change.causes == ("calendar",)
    assert "us.icts.connected-vehicles.manufacturer-sale" in {rule.id for rule in change.rules}
    assert "prohibition" in {gate.gate for gate in change.gates_gained}
    assert change.is_alert
