"""The fields of a procedure's record: keys, what must be there, what may stand in them.

Decree 63/2010/NĐ-CP, article 8.2 as amended by Decree 92/2017/NĐ-CP (the parts of a procedure), and the
labels of the national database. The heading of a field is `procedure.field_<key>` of the catalogue.
"""

from dataclasses import dataclass
from typing import Final

from document import messages

ABOLISHED: Final = "bãi bỏ"
ACTS: Final = ("mới ban hành", "sửa đổi, bổ sung", "thay thế", ABOLISHED)
"""R-TTHC-02."""
LEVELS: Final = ("Bộ", "Tỉnh", "Xã")
"""The district level ended on 01/07/2025; `Huyện` stands only in history."""
UNITS: Final = ("ngày", "ngày làm việc", "giờ")
ONLINE: Final = ("FULL", "PARTIAL", "INFORMATION_ONLY", "NONE")
"""R-TTHC-11: in full is the rule; in part only with its reason."""


@dataclass(frozen=True)
class FieldRule:
    """`always`: needed even where a procedure is only abolished (R-TTHC-02: name, code, legal text)."""

    key: str
    required: bool = True
    always: bool = False
    listed: bool = False
    number: bool = False
    choices: tuple[str, ...] = ()

    def heading(self, lang: str) -> str:
        return messages.text(f"procedure.field_{self.key}", lang)


RULES: Final = (
    FieldRule("code", always=True),
    FieldRule("name", always=True),
    FieldRule("field", always=True),
    FieldRule("level", always=True, choices=LEVELS),
    FieldRule("act", always=True, choices=ACTS),
    FieldRule("steps", listed=True),
    FieldRule("methods", listed=True),
    FieldRule("dossier", listed=True),
    FieldRule("sets", number=True),
    FieldRule("time_limit_value", number=True),
    FieldRule("time_limit_unit", choices=UNITS),
    FieldRule("time_limit_text", required=False),
    FieldRule("subjects", listed=True),
    FieldRule("authority"),
    FieldRule("places", listed=True),
    FieldRule("forms", required=False, listed=True),
    FieldRule("result"),
    FieldRule("conditions", required=False),
    FieldRule("fees", required=False),
    FieldRule("legal_basis", always=True, listed=True),
    FieldRule("online_level", choices=ONLINE),
    FieldRule("online_reason", required=False),
    FieldRule("effective_from", required=False),
    FieldRule("keywords", required=False, listed=True),
    FieldRule("kind", required=False),
)
"""In the order of the data file. `kind` (loại thủ tục) is offered by no template, but understood."""

BY_KEY: Final = {rule.key: rule for rule in RULES}
