from __future__ import annotations

import json
import re
from datetime import date

import pytest
from rich.cells import cell_len

from riskapi.assessment.answer import to_json
from riskapi.assessment.request import ScoreRequest
from riskapi.cli import score as command
from riskapi.cli.deal_options import Question
from riskapi.cli.score import checked, read_options
from riskapi.entities.resolver import Match
from riskapi.errors import RequestError
from riskapi.settings import Settings
from riskapi.workspace import Workspace
from tests.cli.program import DEMO, flat, run
from tests.cli.world import write_tables
from tests.shipped import AS_OF, shipped_vocabulary, shipped_workspace

SMALL = ("score", "Alpha", "Beta", "--type", "joint_venture", "--in", "US", "--as-of", "2026-11-22")


def read(question: Question) -> ScoreRequest:
    return checked(read_options(question), shipped_vocabulary(), AS_OF)


# The demonstration


def test_the_demonstration_shows_the_connected_vehicle_prohibition_with_its_citation(shipped: Workspace) -> None:
    result = run(*DEMO, "--width", "140")
    gates = flat(result.stdout).partition("How the score adds up")[0]
    assert result.exit_code == 0
    assert re.search(
        r"Prohibition \(US\) Sale of connected vehicles .*? 15 CFR 791\.304.*?15 CFR Part 791 Subpart D", gates
    )
    assert "Bureau of Industry and Security" in gates


def test_the_demonstration_shows_the_opposition(shipped: Workspace) -> None:
    text = flat(run(*DEMO).stdout)
    assert "A legislator has spoken against a deal between these two" in text
    assert "Rep. John Moolenaar opposed the deal on 2026-01-31" in text


def test_the_demonstration_shows_the_controls_of_china(shipped: Workspace) -> None:
    text = flat(run(*DEMO).stdout)
    assert re.search(r"Licence required \(CN\) .*?Waits for: .*?deal\.technologies", text)
    assert "Chinese carmaker builds abroad" in text
    assert "Which technologies does the deal use or transfer?" in text
    assert re.search(r"China \d+ rules; Xiaomi is controlled from here; foreign there: Ford", text)


def test_the_demonstration_shows_the_record_of_reports_and_denials_with_grades(shipped: Workspace) -> None:
    text = flat(run(*DEMO).stdout).partition("The record of reports and denials")[2]
    assert "Reported by Financial Times on 31 January 2026, citing four anonymous sources" in text
    assert "2026-01-31 Financial Times reports, 4 anonymous sources" in text
    assert "2026-01-31 Ford (Mark Truby, spokesman) denies" in text
    assert "2026-02-01 Xiaomi (spokesperson) partly denies" in text
    assert re.search(r"[A-F][1-6]: (usually|fairly) reliable, ", text)


def test_the_past_designation_is_shown_with_its_dates(shipped: Workspace) -> None:
    before = flat(run(*DEMO[:-1], "2021-03-01").stdout)
    after = flat(run(*DEMO[:-1], "2021-06-01").stdout)
    assert "On official lists US DoD list of Communist Chinese military companies" in before
    assert "listed on the US DoD list of Communist Chinese military companies (section 1237) since 2021-01-14" in before
    assert "Formerly on official lists US DoD list" in after
    assert "taken off it on 2021-05-25" in after


# JSON


def test_json_is_the_answer_of_the_workspace_byte_for_byte(shipped: Workspace) -> None:
    result = run(*DEMO, "--json")
    answer = shipped.score(
        "Xiaomi", "Ford", type="joint_venture", sector="automotive", activity_country="US",
        market_countries=["US"], model_year=2028, as_of="2026-11-22",
    )  # fmt: skip
    assert result.stdout.encode() == to_json(answer, indent=2) + b"\n"
    assert result.stderr == ""


def test_json_has_no_colour_even_where_colour_is_forced(shipped: Workspace) -> None:
    assert "\x1b" not in run(*DEMO, "--json", FORCE_COLOR="1").stdout


def test_the_order_of_the_names_does_not_matter(shipped: Workspace) -> None:
    swapped = (DEMO[0], DEMO[2], DEMO[1], *DEMO[3:])
    assert run(*swapped).stdout == run(*DEMO).stdout


# Options


def test_values_are_read_as_the_facts_need_them() -> None:
    request = read(
        Question(
            names=("Xiaomi", "Ford"),
            shorthands={"--type": "joint_venture", "--in": "us"},
            facts=("deal.foreign_stake=15%", "market_countries=US,CA", "deal.foreign_control=no", "deal.value_usd=?"),
            as_of="2025-01-31",
        )
    )
    assert request.deal == {
        "deal.type": "joint_venture",
        "deal.activity_country": "US",
        "deal.foreign_stake": 0.15,
        "deal.market_countries": ("US", "CA"),
        "deal.foreign_control": False,
        "deal.value_usd": None,
    }
    assert request.as_of == date(2025, 1, 31)


def test_the_day_of_the_clock_is_used_only_where_none_is_told() -> None:
    assert read(Question(names=("A", "B"))).as_of == AS_OF
    assert read(Question(names=("A", "B"), as_of="2020-02-29")).as_of == date(2020, 2, 29)


def test_without_as_of_the_command_takes_the_day_of_the_reader(
    shipped: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "today", lambda: date(2022, 5, 6))
    assert json.loads(run(*DEMO[:-2], "--json").stdout)["as_of"] == "2022-05-06"


BAD = [
    (("--set", "deal.foreign_stak=1"), "--set deal.foreign_stak: there is no deal fact", "did you mean `deal.foreign_stake`"),
    (("--set", "deal.foreign_stake=150%"), "--set deal.foreign_stake: deal.foreign_stake must be between 0 and 1", "0.25"),
    (("--set", "deal.market_countries=US,XX"), "--set deal.market_countries: `XX` is not a value", "unknown-code"),
    (("--set", "deal.activity_groups=nato"), "--set deal.activity_groups: `deal.activity_groups` is computed", "computed-fact"),
    (("--set", "nonsense"), "--set nonsense: a fact and its value are wanted", "--set deal.model_year=2028"),
    (("--set", "deal.model_year=2028", "--set", "model_year=2028"), "--set deal.model_year: `deal.model_year` is told more", ""),
    (("--set", "deal.type=licence"), "--set deal.type: `deal.type` is `licence` here and `joint_ventur` in --type", ""),
    (("--type", "joint_ventur"), "--type (deal.type): `joint_ventur` is not a value", "did you mean `joint_venture`"),
    (("--as-of", "2026-02-30"), "--as-of: `2026-02-30` is not a date", "write dates as"),
    (("--as-of", "1066-10-14"), "--as-of: as_of must lie between", "out-of-range"),
    (("--party", "NewCo:seat_contry=CN"), "--party NewCo, seat_contry: there is no company fact", "did you mean `seat_country`"),
    (("--party", "seat_country=CN"), "--party seat_country=CN: a name and a colon are wanted", "--party 'NewCo:"),
    (("--party", "NewCo:seat_country=CN,seat_country=US"), "--party NewCo: `seat_country` is told more than once", ""),
    (("--party", "NewCo:a=1", "--party", "newco:a=2"), "--party newco: `newco` is described twice", "one option"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "told", "hint"), BAD)
def test_a_bad_option_is_named_with_what_to_do(
    shipped: Workspace, options: tuple[str, ...], told: str, hint: str
) -> None:
    kind = () if "--type" in options else ("--type", "joint_ventur")
    result = run("score", "Xiaomi", "Ford", *kind, *options)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert told in flat(result.stderr)
    assert hint in flat(result.stderr)


def test_all_problems_are_told_at_once(shipped: Workspace) -> None:
    options = [option for given, _, _ in BAD[:5] for option in given]
    result = run("score", "Xiaomi", "--as-of", "never", "--party", "NewCo:seat_contry=CN", "--foreign", " ", *options)
    text = flat(result.stderr)
    assert all(told in text for _, told, _ in BAD[:5])
    assert "--as-of: `never` is not a date" in text
    assert "--party NewCo, seat_contry" in text
    assert "--foreign: text is wanted" in text
    assert "(8 problems)" in text


def test_a_shorthand_and_the_same_fact_with_the_same_value_agree() -> None:
    request = read(Question(names=("A", "B"), shorthands={"--in": "US"}, facts=("deal.activity_country=us",)))
    assert request.deal == {"deal.activity_country": "US"}


@pytest.mark.parametrize("names", [(), ("Xiaomi",), ("Xiaomi", "Ford", "BYD")])
def test_other_than_two_parties_are_refused(shipped: Workspace, names: tuple[str, ...]) -> None:
    result = run("score", *names)
    assert result.exit_code == 2
    assert f"A B: two parties are wanted, {len(names)} given" in flat(result.stderr)


def test_a_bad_width_is_bad_usage(shipped: Workspace) -> None:
    assert run(*DEMO, "--width", "12").exit_code == 2


# Names


def test_a_name_that_does_not_settle_gives_candidates_with_ids(shipped: Workspace) -> None:
    result = run("score", "Xiaomi", "Frod", "--type", "joint_venture")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "party B: `Frod`" in result.stderr
    assert re.search(r"Ford +US +ford +\d+", result.stderr)


def test_both_unsettled_names_are_told(shipped: Workspace) -> None:
    text = run("score", "Xioamixx", "Frod").stderr
    assert "party A: `Xioamixx`" in text
    assert "party B: `Frod`" in text


def test_the_same_company_twice_is_refused(shipped: Workspace) -> None:
    result = run("score", "Xiaomi", "xiaomi")
    assert result.exit_code == 2
    assert "both names mean Xiaomi" in flat(result.stderr)


def test_sql_in_a_name_is_a_name(shipped: Workspace) -> None:
    result = run("score", "Robert'); DROP TABLE companies;--", "Ford", "--type", "joint_venture")
    assert result.exit_code == 2
    assert "`Robert'); DROP TABLE companies;--`: no company has this name" in flat(result.stderr)
    counted = shipped.connection.execute("select count(*) from companies").fetchone()
    assert counted is not None
    assert counted[0] > 1000


HOSTILE = "Evil\x1b]0;owned\x07\x1b[31mCo\x9b2J\u202egnp\r\x00"


def test_control_characters_of_a_name_do_not_reach_the_terminal(shipped: Workspace) -> None:
    party = f"{HOSTILE}:seat_country=CN,sectors=automotive"
    for result in (run("score", HOSTILE, "Ford"), run("score", "Ford", "--party", party, "--in", "US", "--all")):
        text = result.stdout + result.stderr
        assert "Evil\\x1b]0;owned\\x07\\x1b[31mCo\\x9b2J\\u202egnp" in text.replace("\n", "")
        assert not set(text) & set("\x1b\x07\x9b\u202e\r\x00")


def test_control_characters_of_a_fact_do_not_reach_the_terminal(shipped: Workspace) -> None:
    text = run("score", "Xiaomi", "Ford", "--set", "deal.\x1b[2J=1", "--set", "deal.type=\x1b[31m").stderr
    assert "\x1b" not in text
    assert "\\x1b[2J" in text


def test_markup_in_a_name_is_shown_as_it_is(shipped: Workspace) -> None:
    result = run("score", "[red]Co[/red]", "Ford", "--party", "[red]Co[/red]:seat_country=CN", "--in", "US")
    assert result.exit_code == 0
    assert "[red]Co[/red]" in result.stdout


def test_control_characters_of_the_tables_do_not_reach_the_terminal(small: Settings) -> None:
    write_tables(small.datasets, alpha="Al\x1b[31mpha")
    result = run("score", "alpha", "beta", "--in", "US")
    assert "\x1b" not in result.stdout + result.stderr


def test_a_described_party_is_marked_as_such(shipped: Workspace) -> None:
    party = "NewCo:seat_country=CN,state_ownership=full,sectors=automotive|drones"
    result = run("score", "NewCo", "Ford", "--party", party, "--type", "joint_venture", "--in", "US")
    text = flat(result.stdout)
    assert "NewCo described by the caller: nothing of it comes from the datasets" in text
    assert "Wholly state-owned (told by the caller)" in text
    assert "Automotive, Drones (told by the caller)" in text


def test_a_described_party_need_not_be_named_twice(shipped: Workspace) -> None:
    rest = ("--party", "New:Co:seat_country=CN", "--in", "US", "--as-of", "2026-11-22")
    assert run("score", "Ford", *rest).stdout == run("score", "new:co", "Ford", *rest).stdout


def test_a_party_may_be_described_by_its_name_alone() -> None:
    request = read(Question(names=("Ford",), parties=("NewCo",)))
    assert [(party.name, party.inline, dict(party.facts)) for party in request.parties] == [
        ("Ford", False, {}),
        ("NewCo", True, {}),
    ]


def test_the_foreign_party_can_be_named_and_must_be_one_of_the_two(shipped: Workspace) -> None:
    good = run(*DEMO, "--foreign", "Xiaomi")
    bad = run(*DEMO, "--foreign", "BYD")
    assert good.exit_code == 0
    assert bad.exit_code == 2
    assert "--foreign: `BYD` is neither of the two parties" in flat(bad.stderr)


# The page


@pytest.mark.parametrize("width", [60, 80, 100, 140])
@pytest.mark.parametrize("more", [(), ("--all",)])
def test_no_line_is_wider_than_asked_or_ends_in_spaces(shipped: Workspace, width: int, more: tuple[str, ...]) -> None:
    lines = run(*DEMO, "--width", str(width), *more).stdout.splitlines()
    assert max(cell_len(line) for line in lines) <= width
    assert not [line for line in lines if line != line.rstrip()]


def test_the_concise_page_counts_what_it_leaves_out(shipped: Workspace) -> None:
    concise, whole = run(*DEMO).stdout, run(*DEMO, "--all").stdout
    answer = json.loads(run(*DEMO, "--json").stdout)
    quiet = [rule for rule in answer["rules"] if rule["status"] == "not_fired"]
    assert f"{len(quiet)} further rules were examined and do not apply" in flat(concise)
    assert re.search(r"and \d+ more gates? of this kind \([a-z ]+\): --all", flat(concise))
    assert "more questions: --all" in concise
    assert ": --all" not in whole
    assert len(concise.splitlines()) < 550


def test_all_shows_every_rule_and_what_would_make_it_apply(shipped: Workspace) -> None:
    answer = json.loads(run(*DEMO, "--json").stdout)
    text = flat(run(*DEMO, "--all", "--width", "240").stdout)
    assert [rule["id"] for rule in answer["rules"] if rule["title"] not in text] == []
    assert "would apply with" in text
    assert [item["question"] for item in answer["unknowns"] if item["question"] not in text] == []


def test_colour_only_where_it_is_wanted(shipped: Workspace) -> None:
    assert "\x1b" not in run(*DEMO).stdout
    assert "\x1b[" in run(*DEMO, FORCE_COLOR="1").stdout
    assert "\x1b" not in run(*DEMO, "--no-color", FORCE_COLOR="1").stdout


def test_colour_carries_no_meaning_of_its_own(shipped: Workspace) -> None:
    coloured = re.sub(r"\x1b\[[0-9;]*m", "", run(*DEMO, FORCE_COLOR="1").stdout)
    assert coloured == run(*DEMO).stdout


def test_the_small_world_is_scored_with_its_own_rule(small: Settings) -> None:
    fired = flat(run(*SMALL, "--set", "deal.foreign_stake=50%").stdout)
    open_ = flat(run(*SMALL).stdout)
    quiet = flat(run(*SMALL, "--set", "deal.foreign_stake=0.1").stdout)
    assert "Applies (1) Prohibition (US) A quarter or more goes abroad Act of Tests, section 7.1" in fired
    assert "A quarter or more goes abroad +10 points prohibition" in fired
    assert "Alpha takes a share" in fired
    assert "Decided by: large share" in fired
    assert "deal.foreign_stake = 50 %: told by the caller" in fired
    assert "May apply, depending on what is not known (1)" in open_
    assert "What share does the foreign party hold after the deal?" in open_
    assert "No gate applies, and none may apply on what is known." in quiet
    assert "1 further rule was examined and does not apply." in quiet


def test_a_broken_table_is_told_with_its_place_and_nothing_is_lost(small: Settings) -> None:
    assert run(*SMALL).exit_code == 0
    built = sorted(small.cache.glob("*.duckdb"))
    with (small.datasets / "companies.csv").open("a", encoding="utf-8") as file:
        file.write("gamma,Gamma,,XX\n")
    result = run(*SMALL)
    assert result.exit_code == 1
    assert "companies.csv:4" in result.stderr
    assert "Traceback" not in result.stderr
    assert sorted(small.cache.glob("*.duckdb")) == built


def test_a_broken_rule_file_is_told_with_its_place(small: Settings) -> None:
    path = small.rules / "us" / "us.test.yaml"
    path.write_text(path.read_text().replace("deal.foreign_stake >= 0.25", "deal.foreign_steak >= 0.25"))
    result = run(*SMALL)
    assert result.exit_code == 1
    assert "us/us.test.yaml:" in result.stderr
    assert "deal.foreign_stake" in result.stderr


def test_problems_of_options_do_not_hide_behind_a_wrong_number_of_parties() -> None:
    with pytest.raises(RequestError) as caught:
        read(Question(names=("A", "B"), parties=("NewCo:seat_contry=CN", "Other:sectors=nonsense")))
    codes = [problem.code for problem in caught.value.problems]
    assert codes == ["two-parties", "unknown-fact", "unknown-code"]


def test_the_shared_workspace_is_still_whole() -> None:
    assert isinstance(shipped_workspace().resolve("Xiaomi"), Match)
