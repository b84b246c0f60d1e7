"""Legal forms of companies in the scripts that company names are written in.

Data only. Forms are written as `names.normalise` leaves them: lower case, no diacritics, no dots.
"""

from __future__ import annotations

#: Forms at the end of a name, longest first where one ends in another.
SUFFIXES: frozenset[tuple[str, ...]] = frozenset(
    tuple(form.split())
    for form in (
        # English and international
        "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "llc", "llp", "lp", "plc",
        "pte", "pty", "pvt", "private", "public", "co ltd", "limited liability company", "joint stock company",
        "public joint stock company", "open joint stock company", "closed joint stock company",
        "public limited company", "public company", "limited partnership", "unlimited", "pbc", "pc",
        # German, Dutch, Nordic
        "ag", "aktiengesellschaft", "se", "gmbh", "gesellschaft mit beschrankter haftung", "mbh", "kg", "kgaa", "ohg",
        "gmbh co kg", "ag co kgaa", "se co kgaa", "ev", "nv", "bv", "naamloze vennootschap", "ab", "aktiebolag", "publ",
        "asa", "as", "aps", "oy", "oyj", "abp", "hf", "ehf",
        # Romance
        "sa", "societe anonyme", "sas", "sasu", "sarl", "sca", "sci", "spa", "societa per azioni", "srl", "sl", "slu",
        "sau", "sociedad anonima", "sab", "sab de cv", "sa de cv", "s de rl de cv", "ltda", "sgps",
        # Central and eastern European, Turkish
        "sp z oo", "spolka z oo", "spolka akcyjna", "sro", "spol sro", "kft", "zrt", "nyrt", "doo", "dd", "ad", "ood",
        "ead", "anonim sirketi", "tas", "pjsc", "pao", "ojsc", "oao", "jsc", "ao", "cjsc", "zao", "ooo",
        # Asian in Latin letters
        "kk", "kabushiki kaisha", "gk", "bhd", "sdn bhd", "berhad", "tbk", "persero", "pcl", "jsk", "saog", "saoc",
        "psc", "qpsc", "kscp", "ksc", "bsc",
        "k k", "berhad", "sdn", "publ ab", "aksjeselskap", "allmennaksjeselskap", "aktieselskab", "osakeyhtio",
        "naamloze", "societas europaea", "sociedad por acciones", "sociedade anonima", "spolka", "anonim",
        "ve ticaret anonim sirketi", "ve ticaret as", "gesmbh", "cv", "kgaa", "ltd co",
        "holding company", "co inc", "corp ltd", "inc ltd", "company ltd", "company limited", "kaisha", "kgk",
        # Cyrillic, Devanagari, Arabic, Hebrew, Greek, Thai
        "пао", "ао", "оао", "зао", "ооо", "нао", "мкпао", "пат", "ат", "тов", "тоо", "ад", "доо",
        "लिमिटेड", "लि", "प्राइवेट लिमिटेड", "प्रा लि", "कंपनी", "कंपनी लिमिटेड", "कॉर्पोरेशन", "कॉर्पोरेशन लिमिटेड",
        "المحدودة", "בעמ", "αε", "จำกัด", "จำกัด มหาชน",
    )
)  # fmt: skip

#: Words of legal forms long enough to be told when they are misspelt.
LONG_WORDS = ("corporation", "company", "limited", "incorporated", "aktiengesellschaft", "group", "holding", "holdings")

#: Forms at the start of a name.
PREFIXES: frozenset[tuple[str, ...]] = frozenset(
    tuple(form.split())
    for form in (
        "telefonaktiebolaget", "pt", "pao", "ao", "oao", "zao", "ooo", "pjsc", "jsc", "ojsc", "cjsc", "ab", "the",
        "joint stock company", "public joint stock company", "limited liability company",
        "пао", "ао", "оао", "зао", "ооо", "нао", "мкпао", "фгуп", "гк", "тоо", "тов", "пат",
        "публичное акционерное общество", "открытое акционерное общество", "закрытое акционерное общество",
        "акционерное общество", "общество с ограниченнои ответственностью", "международная компания",
        "международная компания публичное акционерное общество", "государственная корпорация", "госкорпорация", "концерн",
        "нк", "шкп", "شركة", "บริษัท", "perusahaan perseroan", "pt perusahaan", "koninklijke",
    )
)  # fmt: skip

#: Words that people add to or leave out of a group's name.
GROUP_WORDS = frozenset(
    {
        "group",
        "groupe",
        "gruppe",
        "gruppo",
        "grupo",
        "koncern",
        "konzern",
        "группа",
        "holding",
        "holdings",
        "समूह",
        "กลุ่ม",
    }
)

HOLDING_WORDS = frozenset({"holding", "holdings"})

#: Forms written without a space: after the name, and before it.
GLUED_SUFFIXES = (
    "股份有限公司", "有限责任公司", "有限公司", "股份公司", "总公司", "公司", "有限合伙",
    "株式会社", "有限会社", "合同会社", "합동회사", "주식회사", "유한회사", "유한책임회사",
)  # fmt: skip
GLUED_PREFIXES = ("株式会社", "有限会社", "合同会社", "주식회사", "유한회사")
GLUED_GROUP = ("集团", "グループ", "그룹")
GLUED_GROUP_WORDS = (*GLUED_GROUP, "控股", "ホールディングス", "홀딩스")

#: Abbreviated forms in brackets, which punctuation rules would tear apart.
BRACKETED = ("(株)", "(有)", "(合)", "(주)", "(유)", "㈜", "㈱")
