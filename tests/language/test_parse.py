"""What is not in the language is refused, with a code, a place and, where one is near, a suggestion."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from riskapi.facts.vocabulary import FactType
from riskapi.language import ConditionError, Finding, Node, Part, compile_condition, parse, text, to_sql, trace
from riskapi.language.screen import MAX_CHARACTERS, MAX_DEPTH
from tests.language.words import fact, vocabulary

WORDS = vocabulary(
    fact("deal.type", FactType.STR, domain="colour"),
    fact("deal.note", FactType.STR),
    fact("deal.colours", FactType.LIST, domain="colour"),
    fact("deal.notes", FactType.LIST),
    fact("deal.stake", FactType.FLOAT, minimum=0, maximum=1),
    fact("deal.value", FactType.FLOAT),
    fact("deal.year", FactType.INT, minimum=1990, maximum=2100),
    fact("deal.count", FactType.INT),
    fact("deal.signed_on", FactType.DATE),
    fact("deal.open", FactType.BOOL),
    fact("foreign.name", FactType.STR, in_conditions=False),
)
PARTS = {"ready": Part("ready", parse("deal.open", WORDS))}


def read(source: str) -> Node:
    return parse(source, WORDS, PARTS)


def refused(source: str) -> tuple[Finding, ...]:
    with pytest.raises(ConditionError) as caught:
        read(source)
    return caught.value.findings


ACCEPTED = {
    "deal.open": "deal.open",
    "not deal.open": "not deal.open",
    "(ready)": "ready",
    "deal.open AND NOT ready OR true": "(deal.open and (not ready)) or true",
    "deal.type == 'red'": "deal.type = 'red'",
    "deal.type != 'red'": "deal.type <> 'red'",
    "deal.type not in ('red', 'blue')": "not (deal.type in ('red', 'blue'))",
    "deal.type in ['red', 'blue']": "deal.type in ('red', 'blue')",
    "'red' not in deal.colours": "not ('red' in deal.colours)",
    "'red' in (deal.colours)": "'red' in deal.colours",
    "deal.stake not between 0.1 and 0.2": "not (deal.stake between 0.1 and 0.2)",
    "deal.signed_on - date '2024-02-29' > 30": "(deal.signed_on - date '2024-02-29') > 30",
    "year(deal.signed_on) >= 2024": "year(deal.signed_on) >= 2024",
    "len(deal.notes) = 0": "len(deal.notes) = 0",
    "list_has_all(deal.colours, ['red'])": "list_has_all(deal.colours, ['red'])",
    "-deal.value < -5": "(-deal.value) < -5",
    "deal.value > .5": "deal.value > 0.5",
    "deal.value > 1e3": "deal.value > 1000.0",
    "deal.note = 'it''s'": "deal.note = 'it''s'",
    "case when deal.open then 1 else 2.5 end > 2": "case when deal.open then 1 else 2.5 end > 2",
    "coalesce(deal.open, false)": "coalesce(deal.open, false)",
    "deal.open is not null": "deal.open is not null",
}


@pytest.mark.parametrize("source", ACCEPTED)
def test_the_documented_spellings_are_read(source: str) -> None:
    assert text(read(source)) == ACCEPTED[source]


#: text -> code, offset, a word of the hint (None: no hint needed)
MISTAKES: dict[str, tuple[str, int | None, str | None]] = {
    "": ("empty", None, None),
    "   ": ("empty", None, None),
    "deal.open and deal.typ = 'red'": ("unknown-fact", 14, "`deal.type`"),
    "foreign.type = 'red'": ("unknown-fact", 0, "`deal.type`"),
    "redy": ("unknown-fact", 0, "`ready`"),
    "foreign.name = 'Xiaomi'": ("not-for-conditions", 0, "never of one company"),
    "deal.type = 'rad'": ("unknown-code", 12, "`red`"),
    "deal.type = 'zzz'": ("unknown-code", 12, "one of: red"),
    "deal.type in ('red', 'grene')": ("unknown-code", 21, "`green`"),
    "'rad' in deal.colours": ("unknown-code", 0, "`red`"),
    "list_has_any(deal.colours, ['red', 'blu'])": ("unknown-code", 28, "`blue`"),
    "deal.signed_on > '2024-01-01'": ("wrong-type", 0, "date '2027-01-31'"),
    "deal.colours = 'red'": ("wrong-type", 0, "'value' in list"),
    "deal.type > 'red'": ("wrong-type", 0, "= or <>"),
    "deal.open < true": ("wrong-type", 0, "= or <>"),
    "deal.value = 'much'": ("wrong-type", 0, None),
    "deal.open = 1": ("wrong-type", 0, None),
    "deal.value + deal.note > 1": ("wrong-type", 0, None),
    "deal.signed_on + 1 > deal.signed_on": ("wrong-type", 0, None),
    "-deal.note = 1": ("wrong-type", 1, None),
    "len(deal.note) = 1": ("wrong-type", 0, None),
    "year(deal.note) = 1": ("wrong-type", 0, None),
    "deal.note between 'a' and 'b'": ("wrong-type", 0, None),
    "deal.note in deal.stake": ("wrong-type", 0, None),
    "deal.value in deal.notes": ("wrong-type", 0, None),
    "deal.count in ('1', '2')": ("wrong-type", 15, None),
    "list_has_any(deal.note, ['a'])": ("wrong-type", 13, None),
    "case when deal.open then 1 else 'x' end = 1": ("wrong-type", None, None),
    "deal.value": ("not-boolean", 0, None),
    "deal.open and deal.value": ("not-boolean", 14, None),
    "not deal.note": ("not-boolean", 4, None),
    "case when deal.value then true end": ("not-boolean", 10, None),
    "deal.stake >= 25": ("never-true", 0, None),
    "25 <= deal.stake": ("never-true", 0, None),
    "deal.stake > 1": ("never-true", 0, None),
    "deal.stake < 0": ("never-true", 0, None),
    "deal.stake = 1.5": ("never-true", 0, None),
    "deal.stake between 5 and 7": ("never-true", 0, None),
    "deal.stake between 0.5 and 0.3": ("never-true", 0, None),
    "deal.value between 5 and 3": ("never-true", 0, None),
    "deal.signed_on between date '2025-01-01' and date '2024-01-01'": ("never-true", 0, None),
    "deal.year = 27": ("never-true", 0, None),
    "deal.count = 0.5": ("never-true", 0, None),
    "deal.year in (27, 28)": ("never-true", 0, None),
    "deal.value <> deal.value": ("never-true", 0, None),
    "len(deal.notes) < 0": ("never-true", 0, None),
    "abs(deal.value) = -1": ("never-true", 0, None),
    "deal.note = null": ("null-literal", None, None),
    "deal.note in ('a', null)": ("null-literal", None, None),
    "'z' in ['x', null]": ("null-literal", None, None),
    "deal.type in ()": ("bad-list", 0, None),
    "deal.type in []": ("bad-list", 0, None),
    "deal.type in ('red', deal.note)": ("bad-list", 21, None),
    "list_has_any(deal.notes, ['a', 1])": ("bad-list", 31, None),
    "deal.signed_on > date '2023-02-29'": ("bad-date", 22, "date '2027-01-31'"),
    "deal.signed_on > date '2024-1-1'": ("bad-date", 22, "date '2027-01-31'"),
    "deal.signed_on > date '20240101'": ("bad-date", 22, "date '2027-01-31'"),
    "deal.signed_on > date '2024-W01-1'": ("bad-date", 22, "date '2027-01-31'"),
    "deal.signed_on > date 'today'": ("bad-date", 22, "date '2027-01-31'"),
    "deal.signed_on > date 'infinity'": ("bad-date", 22, "date '2027-01-31'"),
    "deal.count = 9223372036854775808": ("number-too-large", 13, None),
    "deal.value > 1e400": ("number-too-large", 13, None),
    'deal.type = "red"': ("quoted-name", 12, "'red'"),
    "\"deal.type\" = 'red'": ("quoted-name", 0, "'deal.type'"),
    "deal.type = red": ("unknown-fact", 12, None),
    "length(deal.notes) = 1": ("unknown-function", 0, "`len`"),
    "deal.open is true": ("not-in-language", 0, "= true"),
    "deal.notes[1] = 'x'": ("not-in-language", 5, "'value' in list"),
    "case deal.type when 'red' then true end": ("not-in-language", 5, None),
    "deal.open and": ("syntax", None, "conditions are SQL"),
    "deal.open and (deal.open": ("syntax", None, "conditions are SQL"),
    "deal.open) and deal.open": ("syntax", None, "conditions are SQL"),
    "deal.note = 'it's'": ("syntax", None, None),
    "deal.open, deal.open": ("not-a-condition", None, None),
}


@pytest.mark.parametrize("source", MISTAKES)
def test_a_mistake_has_a_code_a_place_and_a_suggestion(source: str) -> None:
    code, offset, hint = MISTAKES[source]
    finding = refused(source)[0]
    assert finding.code == code
    if offset is not None:
        assert finding.offset == offset
    if hint is not None:
        assert hint in (finding.hint or "")


def test_all_mistakes_of_a_condition_are_found_at_once() -> None:
    findings = refused("deal.typ = 'red' and deal.stake > 25 or deal.type = 'rad'")
    assert [finding.code for finding in findings] == ["unknown-fact", "never-true", "unknown-code"]


#: Attempts to reach tables, files, settings, the clock, other functions, or another spelling of what there is.
ESCAPES = """
select deal.open
(select true)
deal.open in (select true)
'x' in (select name from companies)
exists (select 1)
exists(from companies)
deal.note = any(select 1)
deal.note = any(['a'])
from companies
deal.open from companies
deal.open where deal.open
deal.open union select deal.open
deal.open order by deal.open
deal.open limit 1
deal.open group by deal.open
deal.open having deal.open
deal.open qualify deal.open
deal.open using sample 1
deal.open into companies
distinct deal.open
all deal.open
*
deal.*
deal.open;
deal.open; drop table companies
deal.open; attach 'x.db'
deal.open -- ; drop table companies
deal.open /* always */
/* only */
pragma version
attach 'x.db'
copy companies to 'x'
install httpfs
load httpfs
set threads = 1
values (1)
table companies
describe companies
with x as (select 1) select true
read_csv('x') = 'y'
read_text('x') = 'y'
glob('x') = 'y'
getenv('HOME') = 'x'
current_setting('threads') = '1'
getvariable('x') = 'y'
query('select 1') = 'x'
current_date > deal.signed_on
current_timestamp > deal.signed_on
current_user = 'x'
today() > deal.signed_on
now() > deal.signed_on
random() > 0.5
nextval('x') > 1
version() = 'x'
sum(deal.value) > 1
sum(deal.value) over () > 1
count(*) > 1
len(deal.notes) over () > 1
len(distinct deal.notes) > 1
len(deal.notes) filter (where deal.open) > 1
row_number() over () = 1
list_filter(deal.notes, x -> true) = deal.notes
list_transform(deal.notes, lambda x: x)
[x for x in deal.notes]
x -> x
lambda x: x
{'a': 1}
struct_pack(a := 1)
deal.open := true
map {'a': 1}
row(1, 2)
(1, 2)
array['x']
list_value('a')
cast(deal.open as int) = 1
try_cast(deal.note as date) > deal.signed_on
deal.open::int = 1
'2024-01-01'::date < deal.signed_on
timestamp '2024-01-01' < deal.signed_on
date(deal.note) < deal.signed_on
interval 1 day = 1
deal.signed_on + interval 1 day > deal.signed_on
extract(year from deal.signed_on) = 2024
? = 1
$1 = 1
$name = 1
:name = 1
@name = 1
#1 = 1
deal.open as x
deal.open x
deal.count = 0x10
deal.note like 'a%'
deal.note ilike 'a%'
deal.note similar to 'a'
deal.note glob 'a*'
deal.note ~ 'a'
regexp_matches(deal.note, 'a')
deal.note || 'x' = 'y'
deal.note -> 'x'
deal.note ->> 'x'
deal.note collate nocase = 'x'
deal.open is distinct from deal.open
deal.open is not distinct from deal.open
deal.open <=> deal.open
deal.open is unknown
deal.open isnull
deal.open notnull
deal.note is json
deal.count % 2 = 0
deal.count // 2 = 0
deal.count ** 2 = 1
deal.count ^ 2 = 1
deal.count << 1 = 2
deal.count & 1 = 1
~deal.count = 1
deal.count! = 1
deal.notes && deal.notes
deal.notes @> deal.notes
list_contains(deal.notes, 'x')
list_overlap(deal.notes, deal.notes)
ifnull(deal.open, false)
nvl(deal.open, false)
nullif(deal.open, deal.open)
if(deal.open, true, false)
greatest(deal.value, 1) > 1
unnest(deal.notes) = 'x'
columns('x') = 1
E'a' = deal.note
$$a$$ = deal.note
x'ff' = deal.note
'a' 'b' = deal.note
"deal"."open"
"deal.open"
deal."open"
deal.open.x
x.deal.open
deal
deal.open at time zone 'UTC'
try(deal.open)
not
null
""".strip().splitlines()


@pytest.mark.parametrize("source", ESCAPES)
def test_nothing_outside_the_language_can_be_reached(source: str) -> None:
    findings = refused(source)
    assert all(finding.code and finding.detail for finding in findings)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("(" * (MAX_DEPTH + 1) + "deal.open" + ")" * (MAX_DEPTH + 1), "too-deep"),
        ("not " * (MAX_DEPTH + 1) + "deal.open", "too-deep"),
        ("not (" * MAX_DEPTH + "deal.open" + ")" * MAX_DEPTH, "too-deep"),
        ("not\n" * MAX_DEPTH + "deal.open", "too-deep"),
        ("-" * 1000 + "1 > 1", None),
        ("- " * 1000 + "1 > 1", "too-deep"),
        ("+" * 1000 + "1 > 1", "too-deep"),
        ("case when deal.open then " * 30 + "deal.open" + " end" * 30, "too-deep"),
        ("+".join(["deal.value"] * 200) + " > 1", "too-deep"),
        ("deal.open" + " = true" * 300, "too-deep"),
        ("deal.open" + " is null" * 300, "too-deep"),
        ("deal.note" + " in deal.notes" * 200, "too-deep"),
        ("not deal.open = " * 200 + "true", "too-deep"),
        ("{'a':" * 300 + "1" + "}" * 300, "too-deep"),
        ("[" * 300 + "]" * 300, "too-deep"),
        ("deal.value" + "::int" * 600 + " > 1", "not-in-language"),
        ("interval " * 300 + "1", None),
        ("x -> " * 300 + "x", "not-in-language"),
        ("deal" + ".open" * 700, None),
        ("deal.open and " * 500 + "deal.open", "too-long"),
        ("'" + "x" * MAX_CHARACTERS + "' = deal.note", "too-long"),
    ],
)
def test_deep_and_long_conditions_are_refused_and_never_overflow(source: str, code: str | None) -> None:
    findings = refused(source)
    assert code is None or findings[0].code == code


@pytest.mark.parametrize(
    "source",
    [
        " and ".join(["ready"] * 390),
        " or ".join(["ready = true"] * 190),
        "not " * (MAX_DEPTH - 1) + "deal.open",
        "-".join(["deal.value"] * (MAX_DEPTH - 2)) + " > 1",
        "coalesce(" * (MAX_DEPTH - 2) + "ready" + ", ready)" * (MAX_DEPTH - 2),
        "abs(" * (MAX_DEPTH - 2) + "deal.value" + ")" * (MAX_DEPTH - 2) + " > 1",
        "case " + "when deal.open then true " * 150 + "end",
        "case when " * 20 + "deal.open" + " then true else false end" * 20,
    ],
)
def test_what_is_within_the_bounds_passes_every_back_end(source: str) -> None:
    tree = read(source)
    row = {"deal.open": True, "deal.value": 1.0}
    assert compile_condition(tree)(row) is trace(tree, row).value
    assert to_sql(tree)


def test_parts_cannot_grow_beyond_all_bounds() -> None:
    parts = {"p0": Part("p0", parse("deal.open", WORDS))}
    for index in range(1, 9):
        parts[f"p{index}"] = Part(f"p{index}", parse(f"p{index - 1} and p{index - 1}", WORDS, parts))
    with pytest.raises(ConditionError) as caught:
        parse("p8 and p8 and p8 and p8", WORDS, parts)
    assert caught.value.findings[0].code == "too-long"


def test_parts_cannot_nest_beyond_the_depth() -> None:
    parts = {"p0": Part("p0", parse("deal.open", WORDS))}
    for index in range(1, 12):
        parts[f"p{index}"] = Part(f"p{index}", parse(f"not p{index - 1}", WORDS, parts))
    with pytest.raises(ConditionError) as caught:
        parse("not not p11", WORDS, parts)
    assert caught.value.findings[0].code == "too-deep"


_PIECES = (
    "deal.open", "deal.value", "deal.note", "deal.notes", "ready", "and", "or", "not", "in", "between", "is", "null",
    "case", "when", "then", "else", "end", "coalesce(", "len(", "abs(", "year(", "list_has_any(", "(", ")", "[", "]",
    "{", "}", ",", ".", "=", "<>", "<", ">=", "+", "-", "*", "/", "1", "2.5", "'a'", "date '2024-01-01'", "date", "true",
    "::", "->", "select", "from", "where", "distinct", "all", "as", ";", "--", "/*", "*/", '"', "'", "$$", "?", ":", "@",
    "interval", "cast(", "any", "exists", "lambda", "unnest(", "²", "0x1", "1e999", "\x00", "\n", "\\",
)  # fmt: skip


def reads_or_refuses(source: str) -> None:
    try:
        tree = read(source)
    except ConditionError as error:
        assert error.findings  # noqa: PT017  # both outcomes are fine, nothing else is
    else:
        assert tree.type is FactType.BOOL
        assert compile_condition(tree)({}) in (True, False, None)


@given(st.text(max_size=60))
@example("²")
@example("deal.open = \ud800")
@settings(deadline=None)
def test_any_text_is_read_or_refused(source: str) -> None:
    reads_or_refuses(source)


@given(st.lists(st.sampled_from(_PIECES), max_size=14).map(" ".join))
@settings(deadline=None, max_examples=300)
def test_any_jumble_of_words_is_read_or_refused(source: str) -> None:
    reads_or_refuses(source)


@given(
    st.sampled_from(_PIECES), st.integers(1, 700), st.sampled_from(["", " ", "deal.open "]), st.sampled_from(_PIECES)
)
@settings(deadline=None, max_examples=150)
def test_any_repetition_is_read_or_refused(piece: str, count: int, between: str, last: str) -> None:
    reads_or_refuses(((piece + between) * count + last)[:MAX_CHARACTERS])
