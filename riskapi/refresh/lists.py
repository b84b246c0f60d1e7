"""The lists by code and title; a source names the codes of the lists that it carries.

Data only. Codes that `codes.csv` has too mean the same there; the others are lists that no rule speaks of yet.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Code -> title, as in the code list `designation_list` of the datasets.
TITLES: Mapping[str, str] = {
    "us_1260h": "US DoD list of Chinese military companies (section 1260H)",
    "us_aeca_debarred": "US State Department list of statutorily debarred parties (AECA)",
    "us_capta": "US OFAC list of institutions under correspondent-account sanctions (CAPTA)",
    "us_denied_persons": "US BIS Denied Persons List",
    "us_entity_list": "US BIS Entity List",
    "us_foreign_sanctions_evaders": "US OFAC foreign sanctions evaders list",
    "us_meu": "US BIS military end-user list",
    "us_nonproliferation": "US State Department nonproliferation sanctions",
    "us_ns_cmic": "US OFAC Chinese military-industrial complex companies list",
    "us_ns_mbs": "US OFAC menu-based sanctions list (not blocked)",
    "us_ns_plc": "US OFAC Palestinian Legislative Council list",
    "us_sdn": "US OFAC specially designated nationals list",
    "us_ssi": "US OFAC sectoral sanctions list",
    "us_uflpa": "US UFLPA entity list (forced labour)",
    "us_uvl": "US BIS Unverified List",
    "uk_sanctions": "UK sanctions list",
    "eu_sanctions": "EU consolidated sanctions list",
}

#: The abbreviation in brackets that the Consolidated Screening List puts after the name of a list -> code.
SCREENING_LIST: Mapping[str, str] = {
    "CAP": "us_capta",
    "CAPTA": "us_capta",
    "CMIC": "us_ns_cmic",
    "NS-CMIC": "us_ns_cmic",
    "DPL": "us_denied_persons",
    "DTC": "us_aeca_debarred",
    "EL": "us_entity_list",
    "FSE": "us_foreign_sanctions_evaders",
    "ISN": "us_nonproliferation",
    "MBS": "us_ns_mbs",
    "NS-MBS": "us_ns_mbs",
    "MEU": "us_meu",
    "PLC": "us_ns_plc",
    "NS-PLC": "us_ns_plc",
    "SDN": "us_sdn",
    "SSI": "us_ssi",
    "UFLPA": "us_uflpa",
    "UVL": "us_uvl",
}
