"""The 29 kinds of administrative document (Decree 30/2020, article 7), abbreviated as in its Appendix III.I.

Công văn and thư công have no abbreviation there: their symbol names only the organisation and the unit.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Kind:
    """`code` is ours and unique; `abbreviation` stands first in the symbol and may be empty."""

    code: str
    name: str
    abbreviation: str


KINDS: Final[tuple[Kind, ...]] = (
    Kind("NQ", "Nghị quyết", "NQ"),
    Kind("QĐ", "Quyết định", "QĐ"),
    Kind("CT", "Chỉ thị", "CT"),
    Kind("QC", "Quy chế", "QC"),
    Kind("QyĐ", "Quy định", "QyĐ"),
    Kind("TC", "Thông cáo", "TC"),
    Kind("TB", "Thông báo", "TB"),
    Kind("HD", "Hướng dẫn", "HD"),
    Kind("CTr", "Chương trình", "CTr"),
    Kind("KH", "Kế hoạch", "KH"),
    Kind("PA", "Phương án", "PA"),
    Kind("ĐA", "Đề án", "ĐA"),
    Kind("DA", "Dự án", "DA"),
    Kind("BC", "Báo cáo", "BC"),
    Kind("BB", "Biên bản", "BB"),
    Kind("TTr", "Tờ trình", "TTr"),
    Kind("HĐ", "Hợp đồng", "HĐ"),
    Kind("CV", "Công văn", ""),
    Kind("CĐ", "Công điện", "CĐ"),
    Kind("BGN", "Bản ghi nhớ", "BGN"),
    Kind("BTT", "Bản thỏa thuận", "BTT"),
    Kind("GUQ", "Giấy ủy quyền", "GUQ"),
    Kind("GM", "Giấy mời", "GM"),
    Kind("GGT", "Giấy giới thiệu", "GGT"),
    Kind("GNP", "Giấy nghỉ phép", "GNP"),
    Kind("PG", "Phiếu gửi", "PG"),
    Kind("PC", "Phiếu chuyển", "PC"),
    Kind("PB", "Phiếu báo", "PB"),
    Kind("TC2", "Thư công", ""),
)

# Both ways of placing a tone are in use: òa and oà, óe and oé, úy and uý.
_TONES: Final = str.maketrans({"́": "", "̀": "", "̉": "", "̃": "", "̣": ""})


def folded(text: str) -> str:
    """`text` for comparing names: NFC, capitals, single spaces, without tones.

    So `thỏa` and `thoả`, both correct, are the same; the marks of the vowels (ă â ê ô ơ ư) stay.
    """
    plain = unicodedata.normalize("NFD", text).translate(_TONES)
    return " ".join(unicodedata.normalize("NFC", plain).upper().split())


_BY_NAME: Final = {folded(kind.name).replace(" ", ""): kind for kind in KINDS}
_BY_CODE: Final = {kind.code: kind for kind in KINDS}


def kind_of(text: str) -> Kind | None:
    """The kind that `text` names as a whole (`QUYẾT ĐỊNH`, `Q U Y Ế T  Đ Ị N H:`), or None."""
    name = re.sub(r"[\s:.]+", "", folded(text))
    return _BY_NAME.get(name)


def kind(code: str) -> Kind:
    """The kind with this code. `KeyError` when there is none."""
    return _BY_CODE[code]
