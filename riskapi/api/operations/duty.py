"""GET /v1/duty: what a good pays at a border on a day, measure by measure.

Enters: a product group, two countries, a day, a maker. Leaves: the stack of measures and its total.
"""

from __future__ import annotations

from riskapi.api.frame.operation import Asked, Example, Kind, Operation, Parameter
from riskapi.assessment.request import MAX_NAME
from riskapi.entities.resolver import Match
from riskapi.errors import Problem, UnsettledNameError
from riskapi.records.duties import DutyAnswer
from riskapi.tariffs import duty, duty_history
from riskapi.tariffs.answer import DutyShown, duty_shown, history_shown, makers_of
from riskapi.tariffs.question import read_question
from riskapi.warehouse.countries import EUROPEAN_UNION
from riskapi.workspace import Workspace


def show_duty(workspace: Workspace, asked: Asked) -> DutyAnswer:
    """The duty that the parameters ask for; raises `RequestError` with every problem."""
    on = asked.day("on")
    raw = {
        "product": asked.text("product"),
        "from": asked.text("from"),
        "to": asked.text("to"),
        "on": on.isoformat(),
        "since": asked.text("since"),
        "given": asked.text("given"),
    }
    question = read_question(raw, workspace.vocabulary.domains["product_group"], on)
    makers = _makers(workspace, asked)
    goods = (workspace.duties, question.product, question.origin, question.importer)
    shown = duty_shown(duty(*goods, on, makers, given=question.given))
    history = None
    if question.since is not None:
        history = history_shown(duty_history(*goods, question.since, on, makers, given=question.given))
    fields = {name: getattr(shown, name) for name in DutyShown.__dataclass_fields__}
    return DutyAnswer(**fields, history=history, versions=workspace.versions)


def _makers(workspace: Workspace, asked: Asked) -> tuple[str, ...]:
    name = asked.text("maker")
    if name is None:
        return ()
    found = workspace.resolve(name)
    if isinstance(found, Match):
        return makers_of(workspace.profiles.register(), found.company_id, asked.day("on"))
    detail = f"`{name[:60]}` does not settle on one company"
    raise UnsettledNameError(
        Problem(code="party-unsettled", field="maker", detail=detail, hint="find its id with GET /v1/companies?q=")
    )


def _places(workspace: Workspace) -> tuple[str, ...]:
    return (*workspace.vocabulary.domains["country"], EUROPEAN_UNION)


OPERATIONS = (
    Operation(
        id="showDuty",
        path="/v1/duty",
        tag="duties",
        summary="Add up the duties on a product, measure by measure",
        description="The total in percent of the customs value, or why it is not known; every measure with its law, its source"
        " and why it counts or not.",
        run=show_duty,
        answers=DutyAnswer,
        refusals=(UnsettledNameError.code,),
        parameters=(
            Parameter(name="product", meaning="Product group.", required=True,
                      choices=lambda workspace: workspace.vocabulary.domains["product_group"]),
            Parameter(name="from", meaning="Where the goods are made (ISO 3166, or EU).", required=True, choices=_places),
            Parameter(name="to", meaning="Where they are imported (ISO 3166, or EU).", required=True, choices=_places),
            Parameter(name="on", meaning="Day of the import; today where not given.", kind=Kind.DATE),
            Parameter(name="maker", meaning="Name or id of the producer, where rates differ by producer.", max_length=MAX_NAME),
            Parameter(name="since", meaning="Also every change from this day (or month, or year) to `on`."),
            Parameter(name="given", meaning="Conditions that are known, joined with commas: `in_quota=no`."),
        ),
        examples=(
            Example(name="china-us", summary="Electric car of Chinese origin into the United States, with its history",
                    values={"product": "ev_car", "from": "CN", "to": "US", "on": "2026-11-22", "since": "2024-01"}),
            Example(name="byd-de", summary="The same car by BYD into Germany",
                    values={"product": "ev_car", "from": "CN", "to": "DE", "on": "2026-11-22", "maker": "BYD"}),
        ),
    ),
)  # fmt: skip
