"""Every table of the datasets: one entry each, and the only place that knows their columns.

Enters: nothing. Leaves: `TABLES`, from which the loader, the database and the data dictionary are made.
To add a column: one entry here; to change its meaning, raise `SCHEMA_VERSION` too.
"""

from __future__ import annotations

from riskapi.warehouse.countries import ANY, EUROPEAN_UNION
from riskapi.warehouse.schema import Column, Kind, Span, Table

#: Raised whenever a table, stored or derived, changes its shape or meaning: older databases are then refused.
SCHEMA_VERSION = 4

SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
CODE = r"[a-z0-9]+(_[a-z0-9]+)*"
#: The id of a measure: parts with dots between.
MEASURE = r"[a-z0-9_]+(\.[a-z0-9_]+)*"
URLS = r"https?://\S+( \| https?://\S+)*"

CONFIDENCE = Column(
    name="confidence",
    required=True,
    values=("high", "medium", "low"),
    meaning="How far the row can be relied on; a row without a source is low.",
)
PROVENANCE = (
    Column(name="source_url", pattern=URLS, meaning="Where the row was read; several joined with ` | `."),
    Column(
        name="as_of", kind=Kind.DATE, required=True, meaning="Date on which the source was read, or that it speaks of."
    ),
    CONFIDENCE,
)
NOTE = Column(name="note", meaning="What a reader should know of the row.")


def _id(name: str, meaning: str) -> Column:
    return Column(name=name, required=True, pattern=SLUG, meaning=meaning)


def _country(name: str, meaning: str, *, required: bool = False, also: tuple[str, ...] = ()) -> Column:
    return Column(name=name, required=required, domain="country", also=also, meaning=meaning)


def _company(name: str, meaning: str, *, required: bool = False, also: tuple[str, ...] = ()) -> Column:
    return Column(name=name, required=required, references=("companies.company_id", *also), meaning=meaning)


CODES = Table(
    name="codes",
    meaning="Code lists: the values that other tables, rules and requests may use.",
    key=("domain", "code"),
    columns=(
        Column(name="domain", required=True, pattern=CODE, meaning="The code list."),
        Column(name="code", required=True, pattern=CODE, meaning="The code."),
        Column(name="label", required=True, meaning="The code in words."),
    ),
)

COMPANIES = Table(
    name="companies",
    meaning="Companies and groups.",
    key=("company_id",),
    columns=(
        _id("company_id", "Stable identifier."),
        Column(name="name", required=True, meaning="Name that people use."),
        Column(name="legal_name", meaning="Registered name."),
        _country("seat_country", "Country of the head office or principal place of business."),
        _country("incorporation_country", "Country under whose law the company is organised."),
        Column(
            name="lei", pattern=r"[A-Z0-9]{18}[0-9]{2}", check="lei", meaning="Legal entity identifier (ISO 17442)."
        ),
        Column(
            name="isin",
            pattern=r"[A-Z]{2}[A-Z0-9]{9}[0-9]",
            check="isin",
            meaning="Securities identifier (ISO 6166) of the main share.",
        ),
        Column(name="ticker", meaning="Main listing, with the exchange as a suffix outside the United States."),
        Column(name="wikidata_qid", pattern=r"Q[1-9][0-9]*", meaning="Wikidata item."),
        Column(
            name="founded", kind=Kind.INTEGER, minimum=1200, maximum=2100, unit="year", meaning="Year of foundation."
        ),
        Column(name="state_ownership", domain="state_ownership", meaning="How much of the company any state holds."),
        Column(name="sectors", kind=Kind.LIST, domain="sector", meaning="Sectors the company works in."),
        *PROVENANCE,
        NOTE,
    ),
)

NAMES = Table(
    name="names",
    meaning="Every name under which a company is known.",
    key=("company_id", "name", "kind", "language", "from"),
    span=Span(start="from", end="to", subject=("company_id", "name", "kind", "language")),
    columns=(
        _company("company_id", "Whose name it is.", required=True),
        Column(name="name", required=True, meaning="The name."),
        Column(
            name="kind",
            required=True,
            meaning="What sort of name it is; unit is the name of a part or daughter without a row of its own.",
            values=(
                "legal",
                "short",
                "former",
                "brand",
                "native",
                "transliteration",
                "acronym",
                "ticker",
                "alias",
                "unit",
            ),
        ),
        Column(name="script", pattern=r"[A-Z][a-z]{3}", meaning="Writing of the name (ISO 15924)."),
        Column(name="language", pattern=r"[a-z]{2,3}(-[A-Za-z]{2,4})*", meaning="Language of the name (BCP 47)."),
        Column(name="from", kind=Kind.DATE, meaning="First day of use."),
        Column(name="to", kind=Kind.DATE, meaning="Last day of use."),
        *PROVENANCE,
    ),
)

OWNERS = Table(
    name="owners",
    meaning="States, agencies, people and funds that own companies; an owner that is a company is in companies.csv.",
    key=("owner_id",),
    columns=(
        _id("owner_id", "Stable identifier; never also a company_id."),
        Column(name="name", required=True, meaning="Name of the owner."),
        Column(
            name="type",
            required=True,
            values=("state", "state_agency", "swf", "person", "family", "fund", "foundation", "investors"),
            meaning="What the owner is; swf is a sovereign wealth fund.",
        ),
        _country("country", "Country of the state or agency; nationality or base of others."),
        *PROVENANCE,
    ),
)

OWNERSHIP = Table(
    name="ownership",
    meaning="Who holds or controls whom, and since when.",
    key=("owner_id", "owned_id", "kind", "from"),
    span=Span(start="from", end="to", subject=("owner_id", "owned_id", "kind")),
    columns=(
        _company("owner_id", "The holder.", required=True, also=("owners.owner_id",)),
        _company("owned_id", "What is held.", required=True, also=("owners.owner_id",)),
        Column(
            name="share_pct",
            kind=Kind.NUMBER,
            minimum=0,
            maximum=100,
            unit="percent",
            meaning="The share; empty is not known.",
        ),
        Column(
            name="kind",
            required=True,
            values=("equity", "voting", "control_agreement", "golden_share", "vie_contract"),
            meaning="What is held: capital, votes, or control without either.",
        ),
        Column(name="from", kind=Kind.DATE, meaning="First day of the holding."),
        Column(name="to", kind=Kind.DATE, meaning="Last day of the holding."),
        *PROVENANCE,
        NOTE,
    ),
)

DESIGNATIONS = Table(
    name="designations",
    meaning="Places of companies on official lists.",
    key=("company_id", "list", "listed_on"),
    span=Span(start="listed_on", end="delisted_on", subject=("company_id", "list"), last_day_included=False),
    columns=(
        _company("company_id", "The company that the list names.", required=True),
        Column(name="list", required=True, domain="designation_list", meaning="The list."),
        Column(
            name="listed_on", kind=Kind.DATE, meaning="First day on the list; empty where the source does not tell."
        ),
        Column(name="delisted_on", kind=Kind.DATE, meaning="First day no longer on the list."),
        Column(name="citation", meaning="The act that lists the company."),
        *PROVENANCE,
        NOTE,
    ),
)

COUNTRY_GROUPS = Table(
    name="country_groups",
    meaning="Countries in the groups that rules speak of.",
    key=("country", "group", "from"),
    span=Span(start="from", end="to", subject=("country", "group")),
    columns=(
        _country("country", "The country or territory.", required=True),
        Column(name="group", required=True, domain="country_group", meaning="The group."),
        Column(name="from", kind=Kind.DATE, meaning="First day in the group."),
        Column(name="to", kind=Kind.DATE, meaning="Last day in the group."),
        Column(name="citation", meaning="The act that puts the country in the group."),
        *PROVENANCE,
    ),
)

SCREENING_REGIMES = Table(
    name="screening_regimes",
    meaning="Screening of foreign investment by country and time: whether there was a power at all, over what, from which share.",
    key=("country", "regime", "from"),
    span=Span(start="from", end="to", subject=("country", "regime")),
    columns=(
        _country("country", "The country that screens.", required=True, also=(EUROPEAN_UNION,)),
        Column(name="regime", required=True, meaning="The regime; `no general screening` where there was none."),
        Column(name="from", kind=Kind.DATE, required=True, meaning="First day with these powers."),
        Column(name="to", kind=Kind.DATE, meaning="Last day with these powers; empty is still."),
        Column(name="filing", required=True, domain="screening_filing", meaning="Whether deals must be filed."),
        Column(
            name="powers",
            kind=Kind.LIST,
            pattern="block|conditions|divest|call_in_after_closing",
            meaning="What the authority can do.",
        ),
        Column(
            name="scope",
            values=("cross_sector", "listed_sectors", "defence_only"),
            meaning="Which businesses it reaches; empty where there is no screening, or where it is not known.",
        ),
        Column(
            name="subjects",
            kind=Kind.LIST,
            domain="screening_subject",
            meaning="Businesses that the law names: all that it reaches where the scope is listed, its stricter lane otherwise.",
        ),
        Column(
            name="stake_threshold_pct", kind=Kind.NUMBER, minimum=0, maximum=100, unit="percent of votes or shares",
            meaning="Smallest share that it reaches; the lowest of several.",
        ),
        Column(
            name="state_threshold_pct", kind=Kind.NUMBER, minimum=0, maximum=100, unit="percent of votes or shares",
            meaning="The same for buyers that a state controls, where it is lower.",
        ),
        Column(
            name="sees",
            kind=Kind.LIST,
            pattern="minority_stakes|asset_deals|greenfield|licences",
            meaning="Forms of a deal that it reaches besides the purchase of control.",
        ),
        Column(
            name="only_origins", kind=Kind.LIST, pattern="[A-Z]{2}", meaning="Countries of buyers to which it is confined.",
        ),
        Column(
            name="exempt_origins", kind=Kind.LIST, pattern="[A-Z]{2}",
            meaning="Countries of buyers that it leaves out; EU means its members.",
        ),
        Column(name="citation", meaning="The act."),
        *PROVENANCE,
        NOTE,
    ),
)  # fmt: skip

SCRUTINY_CLIMATE = Table(
    name="scrutiny_climate",
    meaning="Official attitude of a country towards investors of another, by dated official acts and statements.",
    key=("host", "origin", "from"),
    span=Span(start="from", end="to", subject=("host", "origin")),
    columns=(
        _country("host", "The country that receives the investment.", required=True, also=(EUROPEAN_UNION,)),
        _country(
            "origin", "Where the investor comes from; * is every origin without rows of its own.", required=True, also=(ANY,),
        ),
        Column(name="from", kind=Kind.DATE, required=True, meaning="First day: that of the act or statement."),
        Column(name="to", kind=Kind.DATE, meaning="Last day; empty is still."),
        Column(
            name="level", kind=Kind.INTEGER, required=True, minimum=1, maximum=5,
            meaning="1 invited, 2 ordinary, 3 watched, 4 restricted by policy, 5 shut out or treated as adversary.",
        ),
        Column(name="reason", required=True, meaning="The act or statement that sets the level, in our words."),
        *PROVENANCE,
    ),
)  # fmt: skip

TARIFFS = Table(
    name="tariffs",
    meaning="Import duties by measure, origin and product group.",
    key=("measure_id", "importer", "origin", "product_group", "hs_prefixes", "company_id", "from"),
    span=Span(
        start="from",
        end="to",
        subject=("measure_id", "importer", "origin", "product_group", "hs_prefixes", "company_id"),
    ),
    columns=(
        Column(name="measure_id", required=True, pattern=MEASURE, meaning="The measure."),
        _country("importer", "Where the duty is charged.", required=True, also=(EUROPEAN_UNION,)),
        _country("origin", "Where the goods come from; * is everywhere.", required=True, also=(EUROPEAN_UNION, ANY)),
        Column(
            name="product_group",
            required=True,
            domain="product_group",
            also=(ANY,),
            meaning="What is imported; * is every good.",
        ),
        Column(name="hs_prefixes", kind=Kind.LIST, pattern=r"[0-9]{2,10}", meaning="Tariff headings as digits."),
        _company("company_id", "The producer, where the rate is its own."),
        Column(
            name="rate_pct",
            kind=Kind.NUMBER,
            minimum=-1000,
            maximum=10000,
            unit="percent of customs value",
            meaning="Rate of duty; empty is not known.",
        ),
        Column(name="base", meaning="The part of the value that the rate applies to, where it is not the whole."),
        Column(
            name="base_pct",
            kind=Kind.NUMBER,
            minimum=0,
            maximum=100,
            unit="percent of customs value",
            meaning="Size of that part; empty is not known.",
        ),
        Column(
            name="action",
            required=True,
            values=("ordinary", "adds", "replaces", "all_in"),
            meaning="What the rate does: it is the duty before any other, comes on top, stands in place of `acts_on`,"
            " or fills `acts_on` up to its rate.",
        ),
        Column(
            name="acts_on",
            kind=Kind.LIST,
            pattern=MEASURE,
            meaning="Measures that are replaced or filled up, by id or the beginning of it.",
        ),
        Column(
            name="not_with",
            kind=Kind.LIST,
            pattern=MEASURE,
            meaning="Measures beside which this one is not charged, by id or the beginning of it.",
        ),
        Column(name="requires", kind=Kind.LIST, domain="duty_condition", meaning="Conditions that must all be met."),
        Column(name="unless", kind=Kind.LIST, domain="duty_condition", meaning="Conditions of which none may be met."),
        Column(name="from", kind=Kind.DATE, meaning="First day of the rate."),
        Column(name="to", kind=Kind.DATE, meaning="Last day of the rate."),
        Column(name="citation", meaning="The act that sets the rate."),
        *PROVENANCE,
        NOTE,
    ),
)

DEALS = Table(
    name="deals",
    meaning="Deals of the past and the present with how they ended.",
    key=("deal_id",),
    columns=(
        _id("deal_id", "Stable identifier."),
        Column(name="title", required=True, meaning="The deal in a line."),
        Column(name="foreign_name", meaning="Name of the party from abroad."),
        _company("foreign_company_id", "That party, where the tables know it."),
        _country("foreign_country", "Country of that party."),
        Column(name="host_name", meaning="Name of the other party."),
        _company("host_company_id", "That party, where the tables know it."),
        _country("host_country", "Country of that party."),
        _country("activity_country", "Where the venture or target is.", also=(EUROPEAN_UNION,)),
        Column(name="deal_type", domain="deal_type", meaning="Legal form of the deal."),
        Column(name="sector", domain="sector", meaning="Sector of the venture or target."),
        Column(
            name="foreign_share",
            kind=Kind.NUMBER,
            minimum=0,
            maximum=100,
            unit="percent",
            meaning="Share of the target or venture that the party from abroad would hold.",
        ),
        Column(name="value_usd_m", kind=Kind.NUMBER, minimum=0, unit="million USD", meaning="Value of the deal."),
        Column(
            name="announced_on",
            kind=Kind.DATE,
            meaning="Day of the announcement; the first day where only the month or year is known.",
        ),
        Column(name="announced_precision", values=("day", "month", "year"), meaning="How exactly that day is known."),
        Column(
            name="outcome",
            meaning="How it ended.",
            values=(
                "cleared",
                "cleared_with_conditions",
                "withdrawn_after_objection",
                "abandoned_pending_review",
                "prohibited",
                "forced_divestiture",
                "completed_without_known_review",
                "abandoned_commercial",
                "pending",
                "report_denied",
            ),
        ),
        Column(name="outcome_on", kind=Kind.DATE, meaning="Day of the outcome."),
        Column(name="summary", meaning="What happened, in our words."),
        *PROVENANCE,
    ),
)


def _told(name: str, meaning: str) -> Column:
    return Column(name=name, values=("true", "false"), meaning=f"{meaning} Empty is not known.")


CASES = Table(
    name="cases",
    meaning="What was known of a past deal when it was announced, beside its row in deals.csv; for the back-test.",
    key=("deal_id",),
    columns=(
        Column(name="deal_id", required=True, references=("deals.deal_id",), meaning="The deal."),
        _country("reviewed_by", "Whose government reviewed it, or would.", required=True, also=(EUROPEAN_UNION,)),
        Column(
            name="regime", required=True, pattern=r"[A-Z]{2}(-[A-Z0-9]+)?|other", meaning="The regime of the review."
        ),
        Column(name="ultimate_owner", meaning="Who stood behind the foreign party."),
        _country("ultimate_owner_country", "Country of the ultimate owner."),
        Column(name="state_ownership", domain="state_ownership", meaning="How much of the foreign party a state held."),
        Column(
            name="lists", kind=Kind.LIST, meaning="Official lists that named it or its owner, as the record words them."
        ),
        Column(name="business", meaning="What the host party does, in our words."),
        _told("critical_technology", "The business had critical technology."),
        _told("critical_infrastructure", "The business ran or supplied critical infrastructure."),
        _told("sensitive_personal_data", "The business held sensitive personal data."),
        _told("defence_supplier", "The business supplied the armed forces."),
        _told("near_military_site", "A site lay near a military or other sensitive place."),
        *PROVENANCE,
    ),
)

CLAIMS = Table(
    name="claims",
    meaning="What was said of a deal: one statement of one speaker a row.",
    key=("claim_id",),
    columns=(
        Column(name="claim_id", required=True, pattern=SLUG + r"\.[1-9][0-9]*", meaning="The deal's id and a number."),
        Column(name="deal_id", required=True, references=("deals.deal_id",), meaning="The deal spoken of."),
        Column(name="made_on", kind=Kind.DATE, meaning="Day of the statement."),
        Column(name="claimant", required=True, meaning="Who said it."),
        Column(
            name="role",
            required=True,
            values=("media", "foreign_party", "host_party", "regulator", "legislator"),
            meaning="What the speaker is to the deal.",
        ),
        Column(
            name="stance",
            required=True,
            meaning="What the statement does.",
            values=("reports", "confirms", "denies", "partly_denies", "declines_comment", "opposes", "supports"),
        ),
        Column(
            name="anonymous_sources",
            kind=Kind.INTEGER,
            minimum=0,
            maximum=100,
            unit="people",
            meaning="Unnamed sources that a report rests on.",
        ),
        NOTE,
        *PROVENANCE,
    ),
)

#: In the order of loading: a table stands after those it refers to.
TABLES: tuple[Table, ...] = (
    CODES, COMPANIES, NAMES, OWNERS, OWNERSHIP, DESIGNATIONS, COUNTRY_GROUPS, SCREENING_REGIMES, SCRUTINY_CLIMATE,
    TARIFFS, DEALS, CASES, CLAIMS,
)  # fmt: skip
