from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskapi.entities.names import keys_of, normalise


@pytest.mark.parametrize(
    ("written", "core"),
    [
        ("Xiaomi Corporation", "xiaomi"),
        ("BYD Company Limited", "byd"),
        ("BYD Co., Ltd.", "byd"),
        ("Volvo Car AB (publ)", "volvocar"),
        ("Robert Bosch GmbH", "robertbosch"),
        ("Bayerische Motoren Werke Aktiengesellschaft", "bayerischemotorenwerke"),
        ("Stellantis N.V.", "stellantis"),
        ("Enel S.p.A.", "enel"),
        ("A.P. Møller - Mærsk A/S", "apmollermaersk"),
        ("América Móvil, S.A.B. de C.V.", "americamovil"),
        ("PT Astra International Tbk", "astrainternational"),
        ("ПАО «Газпром»", "газпром"),
        ("Публичное акционерное общество «Лукойл»", "лукоил"),
        ("小米科技有限责任公司", "小米科技"),
        ("比亞迪股份有限公司", "比亚迪"),
        ("トヨタ自動車株式会社", "トヨタ自动车"),
        ("株式会社デンソー", "デンソー"),
        ("(株)デンソー", "デンソー"),
        ("㈱デンソー", "デンソー"),
        ("현대자동차 주식회사", "현대자동차"),
        ("주식회사 카카오", "카카오"),
        ("ＢＹＤ", "byd"),
        ("Moody’s", "moodys"),
    ],
)
def test_the_core_of_a_name_has_no_legal_form(written: str, core: str) -> None:
    assert keys_of(written).core == core


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("臺灣積體電路製造股份有限公司", "台湾积体电路制造"),
        ("寧德時代", "宁德时代"),
        ("टाटा मोटर्स लिमिटेड", "टाटा मोटर्स"),
        ("ＴＯＹＯＴＡ　ＭＯＴＯＲ", "Toyota Motor Corporation"),
        ("ｿﾆｰ", "ソニー"),
        ("L M Ericsson", "LM Ericsson"),
        ("Johnson & Johnson", "Johnson and Johnson"),
        ("삼성전자주식회사", "삼성전자"),
        ("Государственная корпорация «Росатом»", "Росатом"),
    ],
)
def test_two_ways_of_writing_one_name_have_one_core(one: str, other: str) -> None:
    assert keys_of(one).core == keys_of(other).core


def test_vowel_signs_of_indian_writing_are_part_of_the_word() -> None:
    assert normalise("मारुति") != normalise("मरुत")


@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("比亚迪", "biyadi"),
        ("长城汽车", "changchengqiche"),
        ("Роснефть", "rosneft"),
        ("トヨタ", "toyota"),
        ("Xiaomi", ""),
    ],
)
def test_the_latin_key_tells_how_other_writing_is_read(written: str, latin: str) -> None:
    assert keys_of(written).latin == latin


def test_holding_is_left_out_one_step_after_group() -> None:
    keys = keys_of("Geely Holding Group")
    assert (keys.lean, keys.loose) == ("geelyholding", "geely")


@pytest.mark.parametrize("written", ["AG", "Limited", "株式会社", "ООО", "Inc. Ltd."])
def test_a_name_that_is_all_legal_form_is_not_cut_to_nothing(written: str) -> None:
    assert keys_of(written).core != ""


@pytest.mark.parametrize("written", ["", "  ", "...", "—", "™"])
def test_a_text_without_letters_has_no_key_or_stays_letters(written: str) -> None:
    assert keys_of(written).full in ("", "tm")


def test_group_words_are_left_out_of_the_loose_key_only() -> None:
    assert (keys_of("Haier Group").core, keys_of("Haier Group").loose) == ("haiergroup", "haier")
    assert keys_of("小米集團").loose == keys_of("小米").loose


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@given(st.text(max_size=60))
def test_keys_hold_no_spaces_or_capitals(text: str) -> None:
    keys = keys_of(text)
    assert all(key == "".join(key.split()) for key in (keys.full, keys.core, keys.lean, keys.loose, keys.latin))
