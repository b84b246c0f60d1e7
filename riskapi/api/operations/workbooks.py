"""GET /v1/assessments/{id}.xlsx, .html and .csv: a kept answer as a briefing. Enters: an id. Leaves: a file.

Everything that the answer says comes from the bytes that were kept. Owners and duties stand beside it as the datasets of now
have them for its day; what would change the result is asked only where rules and datasets are still the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from riskapi.api.frame.keeping import archive_of
from riskapi.api.frame.operation import Asked, Example, Operation, Parameter, Reply, adapter_of
from riskapi.api.frame.validators import KEEP, NOT_MODIFIED, matches, weak_tag
from riskapi.api.operations.assessments import PATH, SAMPLE_ID
from riskapi.api.operations.batch_files import CSV, XLSX, file_reply
from riskapi.assessment.answer import Answer, FactShown
from riskapi.assessment.whatif_request import read_whatif
from riskapi.briefing.flat import rules_csv
from riskapi.briefing.gather import briefing_of
from riskapi.briefing.material import Briefing
from riskapi.briefing.page import brief_html
from riskapi.briefing.workbook import briefing_workbook
from riskapi.errors import NotFoundError
from riskapi.facts.vocabulary import FactType, Vocabulary
from riskapi.store.assessments import Stored
from riskapi.workspace import Workspace

HTML: Final = "text/html"
_LONGEST_NAME: Final = 40


def workbook(workspace: Workspace, asked: Asked) -> Reply:
    """The briefing workbook."""
    return _reply(workspace, asked, XLSX, ".xlsx", lambda stored: briefing_workbook(kept_briefing(workspace, stored)))


def page(workspace: Workspace, asked: Asked) -> Reply:
    """The brief of a page or two."""
    return _reply(workspace, asked, HTML, ".html", lambda stored: brief_html(kept_briefing(workspace, stored)))


def rules(workspace: Workspace, asked: Asked) -> Reply:
    """The rules of the answer, one in a line."""
    return _reply(workspace, asked, CSV, ".csv", lambda stored: rules_csv(kept_answer(stored, workspace.vocabulary)))


def kept_briefing(workspace: Workspace, stored: Stored) -> Briefing:
    """What the file is made from."""
    answer = kept_answer(stored, workspace.vocabulary)
    if answer.versions != workspace.versions:
        told = (
            f"Owners and duties come from the data {workspace.versions.dataset}; everything else is the answer as it was "
            f"kept. What would change it was not asked, since rules or data have changed since."
        )
        return replace(briefing_of(workspace, answer), notes=(told,))
    whatif = workspace.what_if(read_whatif(stored.inputs, workspace.vocabulary, answer.as_of))
    return briefing_of(workspace, answer, whatif=whatif)


def kept_answer(stored: Stored, vocabulary: Vocabulary) -> Answer:
    """The answer as an object again; written once more it gives the same bytes."""
    answer: Answer = adapter_of(Answer).validate_json(stored.body)
    return replace(answer, deal=tuple(_with_day(fact, vocabulary) for fact in answer.deal))


def _with_day(shown: FactShown, vocabulary: Vocabulary) -> FactShown:
    """JSON has no dates: a fact that is one is made so again."""
    is_day = shown.fact in vocabulary and vocabulary[shown.fact].type is FactType.DATE
    return replace(shown, value=date.fromisoformat(shown.value)) if is_day and isinstance(shown.value, str) else shown


def _reply(workspace: Workspace, asked: Asked, media_type: str, ending: str, make: Callable[[Stored], bytes]) -> Reply:
    stored, _ = archive_of(asked).get(asked.caller, asked.needed("id"))
    tag = _tag(stored, workspace, ending)
    headers = {"etag": tag, "cache-control": KEEP}
    if matches(asked.if_none_match, tag):
        return Reply(content=b"", status=NOT_MODIFIED, headers=headers, media_type=media_type)
    return file_reply(make(stored), media_type, _name(stored, ending), **headers)


def _tag(stored: Stored, workspace: Workspace, ending: str) -> str:
    """What the file is made from: the kept bytes, and the rules and datasets of now."""
    now = workspace.versions
    return weak_tag(stored.summary.content_hash, now.engine, now.rule_set, now.dataset, ending)


def _name(stored: Stored, ending: str) -> str:
    """`xiaomi-ford-2026-11-22.xlsx`: letters, digits and hyphens, whatever the parties are called."""
    answer = adapter_of(Answer).validate_json(stored.body)
    parties = "-".join(_plain(party.company_id or party.name) for party in answer.parties)
    return f"{parties}-{answer.as_of.isoformat()}{ending}"


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:_LONGEST_NAME] or "party"


def _sample(_: Workspace, asked: Asked) -> Reply:
    return Reply(content=b"", media_type=XLSX, headers={"etag": f'"{asked.needed("id")}"'})


def _operation(
    ident: str, ending: str, media_type: str, run: Callable[[Workspace, Asked], Reply], what: str
) -> Operation:
    return Operation(
        id=ident,
        path=f"{PATH}/{{id}}{ending}",
        tag="assessments",
        summary=f"A kept assessment as {what}",
        description=f"What the kept answer says, as {what}: the same file as long as rules and datasets stay. Owners and duties "
        "are those of the datasets of now for its day.",
        run=run,
        sample=_sample,
        answers=bytes,
        produces=(media_type,),
        is_tagged=True,
        refusals=(NotFoundError.code, "not-acceptable"),
        parameters=(Parameter(name="id", meaning="The id of an assessment.", in_path=True, required=True),),
        examples=(Example(name="kept", summary="One assessment", values={"id": SAMPLE_ID}),),
    )


OPERATIONS = (
    _operation("showAssessmentWorkbook", ".xlsx", XLSX, workbook, "a workbook"),
    _operation("showAssessmentPage", ".html", HTML, page, "a page to print"),
    _operation("showAssessmentRules", ".csv", CSV, rules, "a table of its rules"),
)
