"""Identity numbers and mobile numbers are found in what people write; other numbers are left alone."""

from __future__ import annotations

import pytest

from baolei.programme.personal import IDENTITY, MOBILE, personal


@pytest.mark.parametrize("words", ["11010519491231002X", "乌云 11010519491231002x 已核",
                                   "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002X"])  # fmt: skip
def test_an_identity_number_is_found(words: str) -> None:
    assert personal(words) == IDENTITY


@pytest.mark.parametrize("words", ["联系人13812345678", "138-1234-5678", "１３８１２３４５６７８"])
def test_a_mobile_number_is_found(words: str) -> None:
    assert personal(words) == MOBILE


@pytest.mark.parametrize("words", ["", "组通字〔2026〕8号", "110105194912310021", "0471-6601234", "13 12 11 10 9 12",
                                   "全年开会12次，应到1386人次"])  # fmt: skip
def test_other_numbers_are_left_alone(words: str) -> None:
    assert personal(words) is None
