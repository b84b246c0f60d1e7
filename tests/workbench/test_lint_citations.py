from __future__ import annotations

from pathlib import Path

import pytest

from riskapi.workbench.lint_citations import citation_forms, instrument_citation, wrong_forms
from riskapi.workbench.lint_finding import Spots
from tests.rules.rule_files import load, spoiled


@pytest.mark.parametrize(
    "citation",
    [
        "15 CFR 791.304, 791.308(c)",
        "31 CFR Part 800",
        "31 CFR ch. V",
        "50 USC 4565(a)(4)(B)(ii); 31 CFR 802.211",
        "Pub. L. 118-159 s.164 (10 USC note prec. 4651)",
        "P.L. 116-92 section 7613",
        "89 FR 76581; HTSUS note 31 and heading 9903.91.01",
        "FR Doc. 2026-15181; HTSUS note 52",
        "EO 13959 as amended by EO 14032",
        "EO of 2025-09-04",
        "Executive Order 14083 of 15 September 2022, 87 FR 57369",
        "Letters and statements of the committee since 2023",
    ],
)
def test_citations_of_the_united_states_that_are_right(citation: str) -> None:
    assert wrong_forms(citation, "US", 2026) == []


@pytest.mark.parametrize(
    ("citation", "told"),
    [
        ("15 C.F.R. 791.304", "write `CFR`"),
        ("50 U.S.C. 4565", "write `USC`"),
        ("89 Fed. Reg. 76581", "write `FR`"),
        ("Public Law 118-50", "write `Pub. L.`"),
        ("PL 118-50", "write `Pub. L.`"),
        ("CFR 791.304", "title from 1 to 50"),
        ("51 CFR 791.304", "title from 1 to 50"),
        ("150 CFR 791.304", "title from 1 to 50"),
        ("55 USC 4565", "title from 1 to 54"),
        ("15 CFR", "names no part"),
        ("FR 76581", "volume and page"),
        ("98 FR 76581", "no volume 98"),
        ("Pub. L. 118", "congress and number"),
        ("Pub. L. 191-60", "no 191th Congress"),
        ("EO on outbound investment", "by its number or its day"),
        ("Executive Order 141", "by its number or its day"),
    ],
)
def test_a_slip_in_a_citation_of_the_united_states_is_told(citation: str, told: str) -> None:
    (detail,) = wrong_forms(citation, "US", 2026)
    assert told in detail


def test_what_was_published_by_the_year_of_the_check_is_right() -> None:
    assert wrong_forms("91 FR 1000; Pub. L. 119-60", "US", 2026) == []
    assert len(wrong_forms("91 FR 1000; Pub. L. 119-60", "US", 2024)) == 2


@pytest.mark.parametrize(
    "citation",
    [
        "Regulation (EU) 2019/452, articles 4 and 6",
        "Implementing Regulations (EU) 2024/1866 and 2024/2754; guidance on price undertakings",
        "Regulation (EU) No 833/2014",
        "Council Regulation (EC) No 428/2009",
        "Directive 2009/43/EC",
        "Directive (EU) 2022/2555",
        "Council Decision 2014/512/CFSP",
        "Common Customs Tariff with the trade-defence measures in force",
    ],
)
def test_citations_of_the_union_that_are_right(citation: str) -> None:
    assert wrong_forms(citation, "EU", 2026) == []


@pytest.mark.parametrize(
    "citation",
    [
        "Regulation 2019/452",
        "Regulation (EU) 452/2019",
        "Regulation (EC) 428/2009",
        "Regulation (EU) No 2019-452",
        "Directive 2009/43",
        "Regulation (EU) 2109/452",
    ],
)
def test_a_slip_in_a_citation_of_the_union_is_told(citation: str) -> None:
    assert len(wrong_forms(citation, "EU", 2026)) == 1


def test_other_jurisdictions_are_free() -> None:
    assert wrong_forms("15 C.F.R. and Regulation 2019/452", "GB", 2026) == []


def test_both_citations_of_a_file_are_looked_at_with_their_lines(tmp_path: Path) -> None:
    text = spoiled(("citation: 1 CFR 1.1", "citation: 1 C.F.R. 1.1"), ("citation: 1 CFR 1\n", "citation: CFR 1\n"))
    (rule,) = load(tmp_path, text)
    spots = Spots(tmp_path)
    lines = text.splitlines()
    (own,), (head,) = citation_forms(rule, spots), instrument_citation(rule.instrument, spots)
    assert [lines[(item.line or 0) - 1].strip() for item in (head, own)] == [
        "citation: CFR 1",
        "citation: 1 C.F.R. 1.1",
    ]
    assert (own.rule, head.rule) == ("us.test.law.stake", None)
