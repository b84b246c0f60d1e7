"""The client against the service itself: the same objects and errors as the workspace gives, and what only a service has."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient

from riskapi.api.app import create_app
from riskapi.api.serving.options import Options
from riskapi.client import (
    AccessError,
    AsyncClient,
    AsyncPages,
    Client,
    MissingError,
    Pages,
    Policy,
    RefusedNameError,
    RemoteConflictError,
    RemoteError,
    TooBusyError,
)
from riskapi.client.calls_scores import KeptAnswer
from riskapi.errors import NotFoundError, RequestError, RiskapiError, UnsettledNameError
from riskapi.records.assessments import AssessmentAnswer
from riskapi.tariffs import duty
from riskapi.workspace import Workspace
from tests.api.kept import service
from tests.client.served import Through, client_of
from tests.shipped import AS_OF

CARS: dict[str, Any] = {
    "type": "joint_venture",
    "sector": "automotive",
    "activity_country": "US",
    "market_countries": ("US",),
    "model_year": 2028,
}
PAIRINGS: tuple[tuple[Any, Any, dict[str, Any]], ...] = (
    ("Xiaomi", "Ford", CARS),
    ("CATL", "Tesla", {"type": "licence", "sector": "ev_battery", "activity_country": "US"}),
    (
        "Nippon Steel",
        "U.S. Steel",
        {"type": "acquisition", "activity_country": "US", "foreign_stake": 1.0, "foreign_party": "Nippon Steel"},
    ),
    ("Huawei", "Ericsson", {"signed_on": date(2020, 1, 15), "activity_country": "SE"}),
    (
        {"name": "Jinhe Cells", "inline": True, "facts": {"seat_country": "CN", "state_share": 0.3}},
        {"name": "Ford", "country": "US"},
        {"type": "licence", "activity_country": "US", "foreign_supplies_technology": True},
    ),
)
NAMES = [f"{first}-{second}"[:40] for first, second, _ in PAIRINGS]
QUESTION = {"parties": ["Xiaomi", "Ford"], "deal": {**CARS, "market_countries": ["US"]}, "as_of": "2026-11-22"}
WHAT_IF = {
    **QUESTION,
    "grid": {"signed_on": ["2026-11-22", "2027-06-30"]},
    "keep": ["type"],
}


# --- the same as the workspace


@pytest.mark.parametrize(("first", "second", "deal"), PAIRINGS, ids=NAMES)
@pytest.mark.parametrize("as_of", [date(2026, 11, 22), "2021-03-01"], ids=str)
def test_a_score_is_the_object_that_the_workspace_gives(
    client: Client, workspace: Workspace, first: Any, second: Any, deal: dict[str, Any], as_of: date | str
) -> None:
    assert client.score(first, second, as_of=as_of, **deal) == workspace.score(first, second, as_of=as_of, **deal)


def test_a_question_without_a_day_is_put_on_the_day_that_is_told(client: Client, workspace: Workspace) -> None:
    undated = {"parties": ["Xiaomi", "Ford"], "deal": {"type": "licence"}}
    day = date(2023, 5, 1)
    assert client.ask(undated, today=day) == workspace.ask(undated, today=day)
    assert client.ask(undated, today=day).as_of == day


def test_what_if_is_the_object_that_the_workspace_gives(client: Client, workspace: Workspace) -> None:
    assert client.whatif(WHAT_IF, today=AS_OF) == workspace.whatif(WHAT_IF, today=AS_OF)


@pytest.mark.parametrize("name", ["Xiaomi", "小米", "General", "Zorblax", "Great Wall", "BYD"])
def test_a_name_means_what_it_means_to_the_workspace(client: Client, workspace: Workspace, name: str) -> None:
    assert client.resolve(name) == workspace.resolve(name)
    assert client.resolve(name, "CN") == workspace.resolve(name, "CN")


@pytest.mark.parametrize(
    "ask",
    [
        lambda one: one.score("Frod", "Zorblax", as_of="2026-11-22"),
        lambda one: one.score("Xiaomi", "Xiaomi Corporation", as_of="2026-11-22"),
        lambda one: one.score("Xiaomi", "Ford", as_of="2026-13-22", type="jv", forein_stake=1, foreign_stake=2),
        lambda one: one.score("Xiaomi", "Ford", as_of="2026-11-22", foreign_party="Tesla"),
        lambda one: one.score("", "Ford", as_of="2026-11-22"),
        lambda one: one.ask(["Xiaomi", "Ford"], today=AS_OF),
        lambda one: one.ask({"partys": [], "parties": "Ford"}, today=AS_OF),
        lambda one: one.whatif({**QUESTION, "grid": {"nothing": 1}, "keep": 2}, today=AS_OF),
    ],
)
def test_an_error_is_of_the_kind_and_has_the_problems_that_the_workspace_tells(
    client: Client, workspace: Workspace, ask: Callable[[Any], Any]
) -> None:
    with pytest.raises(RiskapiError) as ours:
        ask(workspace)
    with pytest.raises(type(ours.value)) as theirs:
        ask(client)
    assert theirs.value.problems == ours.value.problems
    assert isinstance(theirs.value, RemoteError)
    assert theirs.value.status == 422
    assert theirs.value.request_id


def test_a_name_that_does_not_settle_comes_with_candidates_and_the_message_says_all(client: Client) -> None:
    with pytest.raises(UnsettledNameError) as caught:
        client.score("Xiaomi", "Frod", as_of="2026-11-22")
    error = caught.value
    assert isinstance(error, RefusedNameError)
    assert "ford" in {item["company_id"] for item in error.problems[0].candidates}
    for part in ("/parties/1", "name-unknown", "nearest names", "HTTP 422", str(error.request_id)):
        assert part in str(error)


def test_shared_methods_have_the_arguments_of_the_workspace() -> None:
    for name in ("score", "ask", "whatif", "resolve"):
        ours, theirs = (inspect.signature(getattr(one, name)) for one in (Client, Workspace))
        assert ours == theirs, name


def test_both_clients_have_the_same_methods_and_arguments() -> None:
    def public(kind: type) -> dict[str, Any]:
        return {name: one for name, one in vars(kind).items() if not name.startswith("_") and callable(one)}

    waiting, awaited = public(Client), public(AsyncClient)
    assert set(waiting) - {"close"} == set(awaited) - {"aclose"}
    for name in set(waiting) - {"close"}:
        ours, theirs = inspect.signature(waiting[name]), inspect.signature(awaited[name])
        assert ours.parameters == theirs.parameters, name
        given = str(ours.return_annotation)
        wanted = "AsyncJob" if given == "Job" else given.replace(Pages.__name__, AsyncPages.__name__)
        assert str(theirs.return_annotation) == wanted, name
        assert inspect.iscoroutinefunction(awaited[name]) is not given.startswith(Pages.__name__), name


# --- rules, facts, companies, deals, duties


def test_every_rule_comes_once_however_long_the_pages_are(client: Client, workspace: Workspace) -> None:
    wanted = sorted(rule.id for rule in workspace.book.rules if rule.jurisdiction == "US")
    assert [rule.id for rule in client.rules(jurisdiction="US", page_size=37)] == wanted
    assert [rule.id for rule in client.rules(jurisdiction="US")] == wanted


def test_a_rule_says_what_the_rule_book_says(client: Client, workspace: Workspace) -> None:
    ident = "us.icts.connected-vehicles.manufacturer-sale"
    found, known = client.rule(ident, as_of=AS_OF), workspace.rule(ident)
    assert (found.title, found.citation, found.points, found.in_force) == (
        known.title, known.citation, known.points, known.in_force,
    )  # fmt: skip
    assert client.rule(ident, as_of="2020-01-01").state == "not_yet"


def test_an_unknown_id_is_not_found_with_near_ids(client: Client, workspace: Workspace) -> None:
    wrong = "us.icts.connected-vehicles.manufacturer-sail"
    with pytest.raises(NotFoundError) as ours:
        workspace.rule(wrong)
    with pytest.raises(MissingError) as theirs:
        client.rule(wrong)
    assert theirs.value.problems[0].hint == ours.value.problems[0].hint


@pytest.mark.parametrize("ident", ["a/b", "../facts", "a?b=c", "a#b", "100%", "a%2Fb", "小米", "a b"])
def test_an_id_is_one_part_of_the_address_whatever_it_holds(client: Client, ident: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        client.rule(ident)
    assert f"`{ident}`" in str(caught.value) or "nothing at this address" in str(caught.value)


@pytest.mark.parametrize("ident", ["", ".", "..", "  "])
def test_an_id_that_would_mean_another_address_is_refused(client: Client, ident: str) -> None:
    with pytest.raises(RequestError, match="no id"):
        client.company(ident)


def test_the_facts_are_the_vocabulary(client: Client, workspace: Workspace) -> None:
    assert [fact.name for fact in client.facts().facts] == [fact.name for fact in workspace.vocabulary]


def test_a_company_is_shown_as_of_a_day(client: Client) -> None:
    def lists(as_of: date) -> Any:
        return next(fact.value for fact in client.company("xiaomi", as_of=as_of).facts if fact.fact == "designations")

    assert lists(date(2021, 3, 1)) != lists(date(2026, 11, 22))


def test_deals_are_listed_and_shown(client: Client) -> None:
    listed = list(client.deals(party="Ford", as_of=AS_OF, page_size=2))
    assert len(listed) > 2
    ident = "us-2026-ford-xiaomi-jv"
    assert ident in {item.deal.deal_id for item in listed}
    shown = client.deal(ident, as_of=AS_OF)
    assert shown.deal is not None
    assert shown.deal.announced_on == date(2026, 1, 31)
    assert client.deal(ident, as_of="2026-01-01").deal is None


def test_a_duty_is_that_of_the_tariff_book(client: Client, workspace: Workspace) -> None:
    found = client.duty("ev_car", "CN", "US", on=AS_OF, since="2024-01", given={"in_quota": False})
    asked = duty(workspace.duties, "ev_car", "CN", "US", AS_OF, given={"in_quota": False})
    assert (found.total_pct, len(found.measures)) == (asked.total_pct, len(asked.measures))
    assert found.history
    assert client.duty("ev_car", "CN", "DE", on=AS_OF, maker="BYD").maker == "byd"


def test_pages_tell_how_many_there_are(client: Client, workspace: Workspace) -> None:
    first = next(client.rules(page_size=10).pages())
    assert (len(first.items), first.total) == (10, len(workspace.book.rules))


def test_any_address_can_be_read(client: Client, workspace: Workspace) -> None:
    assert client.get("/v1/companies", q="Ford")["company"]["company_id"] == "ford"
    assert client.datasets().version == workspace.dataset.version


# --- several at once


def test_a_bad_question_of_several_fails_alone(client: Client, workspace: Workspace) -> None:
    found = client.batch([QUESTION, {"parties": ["Xiaomi", "Frod"]}])
    assert (found.answered, found.refused) == (1, 1)
    good, bad = found.items
    assert good.row is not None
    assert good.row.score == workspace.ask(QUESTION, today=AS_OF).score
    assert bad.problem is not None
    assert bad.problem.errors[0]["pointer"] == "/questions/1/parties/1"


def test_whole_answers_of_several_are_those_of_the_workspace(client: Client, workspace: Workspace) -> None:
    (item,) = client.batch([QUESTION], full=True).items
    assert item.answer == workspace.ask(QUESTION, today=AS_OF)


# --- what is kept


def test_an_answer_is_kept_shown_listed_verified_put_again_and_deleted(client: Client, workspace: Workspace) -> None:
    kept = client.keep(QUESTION, today=AS_OF, label="brief")
    assert kept.answer == workspace.ask(QUESTION, today=AS_OF)
    assert kept.assessment is not None
    assert not kept.is_repeat
    ident = kept.assessment.id
    shown = client.assessment(ident)
    assert type(shown) is AssessmentAnswer
    assert (shown.assessment, shown.answer) == (kept.assessment, kept.answer)
    assert kept.assessment in list(client.assessments(party="Ford", label="brief", as_of_from=AS_OF))
    assert client.verify(ident).holds
    again = client.rerun(ident, as_of="2020-06-30")
    assert again.answer == workspace.ask({**QUESTION, "as_of": "2020-06-30"}, today=AS_OF)
    assert again.difference.score.now == again.answer.score
    assert client.rerun(ident).difference.is_same_result
    client.delete_assessment(ident)
    with pytest.raises(NotFoundError):
        client.assessment(ident)


def test_sent_twice_under_one_key_it_is_kept_once_and_said_to_be_a_repeat(client: Client) -> None:
    first, second = (client.keep(QUESTION, today=AS_OF, idempotency_key="order-1") for _ in range(2))
    assert (first.is_repeat, second.is_repeat) == (False, True)
    assert second == KeptAnswer(
        assessment=first.assessment, inputs=first.inputs, answer=first.answer, is_repeat=True
    )  # fmt: skip


def test_a_key_that_was_used_for_another_question_is_refused(client: Client) -> None:
    client.keep(QUESTION, today=AS_OF, idempotency_key="order-2")
    with pytest.raises(RequestError, match="idempotency-key-reused"):
        client.keep({**QUESTION, "as_of": "2020-01-01"}, today=AS_OF, idempotency_key="order-2")


def test_kept_answers_are_walked_page_by_page(client: Client) -> None:
    for _ in range(5):
        client.keep(QUESTION, today=AS_OF, label="walk")
    listed = client.assessments(label="walk", page_size=2)
    walked = [item.id for item in listed]
    assert len(walked) == len(set(walked)) == 5
    assert [len(page.items) for page in listed.pages()] == [2, 2, 1]
    assert walked == [item.id for item in client.assessments(label="walk", order="oldest")][::-1]


# --- who may


def test_a_key_that_is_missing_wrong_or_allows_too_little_is_told(workspace: Workspace, tmp_path: Path) -> None:
    with service(workspace, tmp_path / "store.sqlite") as opened:
        headers = opened.key("viewer")[1]
        with pytest.raises(AccessError, match="key-missing"):
            client_of(opened.http).facts()
        wrong = client_of(opened.http, key="rk_0000000000000000_" + "x" * 43)
        with pytest.raises(AccessError, match="HTTP 401") as caught:
            wrong.facts()
        assert "xxx" not in str(caught.value)
        reader = client_of(opened.http, key=headers["authorization"].removeprefix("Bearer ") + "\n")
        assert reader.facts().facts
        with pytest.raises(AccessError, match="scope-too-low") as denied:
            reader.keep(QUESTION, today=AS_OF)
        assert denied.value.status == 403


# --- a service with too much to do


def test_too_many_requests_are_waited_out_for_a_while_and_then_told(workspace: Workspace) -> None:
    slept: list[float] = []
    app = create_app(workspace=workspace, clock=lambda: AS_OF, options=Options(rate=60, burst=2))
    with TestClient(app) as http:
        one = Client("http://127.0.0.1", transport=Through(http), sleep=slept.append, policy=Policy(attempts=3))

        def flood() -> None:
            for _ in range(20):
                one.datasets()

        with pytest.raises(TooBusyError, match="too-many-requests") as caught:
            flood()
    assert len(slept) >= 2
    assert min(slept) >= 1
    assert caught.value.told.attempts == 3


# --- files


def test_a_filled_in_template_comes_back_with_answers(client: Client, workspace: Workspace) -> None:
    assert client.template().startswith(b"PK")
    text = "foreign_party,host_party,deal.type,deal.activity_country\nXiaomi,Ford,licence,US\n"
    scored = client.batch_file(text.encode(), "csv", as_of=AS_OF).decode("utf-8-sig")
    asked = workspace.score("Xiaomi", "Ford", as_of=AS_OF, type="licence", activity_country="US")
    assert f"{asked.score:.1f}"[:4] in scored
    assert client.batch_file(text.encode(), "csv", answer="xlsx").startswith(b"PK")
    with pytest.raises(RequestError, match="one of: csv, html"):
        client.batch_file(b"", "docx")


def test_a_kept_answer_comes_as_a_file(client: Client) -> None:
    kept = client.keep(QUESTION, today=AS_OF)
    assert kept.assessment is not None
    assert kept.answer.rules[0].id.encode() in client.assessment_file(kept.assessment.id, "csv")
    with pytest.raises(NotFoundError):
        client.assessment_file("nothing")


# --- watchlists


def test_questions_are_watched_changed_and_let_go(client: Client, workspace: Workspace) -> None:
    undated = {name: value for name, value in QUESTION.items() if name != "as_of"}
    licence = {**undated, "deal": {"type": "licence", "activity_country": "US"}}
    made = client.watch("Carmakers", [{"question": undated, "label": "cars", "thresholds": {"score": 50}}])
    ident = made.watchlist.id
    assert made.items[0].result.score == workspace.ask(QUESTION, today=AS_OF).score
    assert ident in {one.id for one in client.watchlists()}
    longer = client.add_to_watchlist(ident, [{"question": licence}])
    assert [item.label for item in longer.items] == ["cars", None]
    assert client.remove_from_watchlist(ident, longer.items[1].id).items == longer.items[:1]
    renamed = client.change_watchlist(ident, "Cars", [{"question": licence}])
    with pytest.raises(RemoteConflictError):
        client.change_watchlist(ident, "Cars again", [{"question": licence}], version=made.watchlist.version)
    assert client.watchlist(ident).watchlist == renamed.watchlist
    told = client.changes(ident)
    assert (told.changes, told.has_more) == ((), False)
    assert client.changes(ident, cursor=told.cursor).changes == ()
    client.delete_watchlist(ident, version=renamed.watchlist.version)
    with pytest.raises(NotFoundError):
        client.watchlist(ident)
