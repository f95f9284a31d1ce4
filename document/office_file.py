"""`office.toml`: who is who in an office, typed. `niem office apply FILE` makes the ledger say the same."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from document.errors import BadInput

VIETNAMESE_FOLDERS: Final = ["1. Trình ký", "2. Đang xử lý", "3. Đã phát hành", "4. Trả lại"]
ASCII_FOLDERS: Final = ["1-Trinh-ky", "2-Dang-xu-ly", "3-Da-phat-hanh", "4-Tra-lai"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NameSpec(_Strict):
    """A name of the organisation and when it was valid (R-TTHC-16)."""

    name: str
    valid_from: date
    valid_to: date | None = None
    decision: str = ""


class UnitSpec(_Strict):
    """A drafting unit and its watched folder (absolute, or from the site's folder)."""

    code: str
    name: str
    folder: str
    folder_names: list[str] = Field(default=VIETNAMESE_FOLDERS, min_length=4, max_length=4)
    content_check_off: str = ""
    """Number of the rule by which the unit head's check is switched off (R-SIG-21)."""
    form_check_off: str = ""


class SignsSpec(_Strict):
    """In which capacity a person signs, as printed (R-SIG-19)."""

    capacity: str
    """Authority lines joined by ` / `: `TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH`; empty for the head."""
    title: str
    valid_from: date = date(2020, 1, 1)


class PersonSpec(_Strict):
    """Somebody who signs in."""

    login: str
    name: str
    active: bool = True
    roles: list[Literal["form_checker", "leader", "clerk", "administrator"]] = []
    head_of: list[str] = []
    """Codes of the units whose content this person checks."""
    signs: list[SignsSpec] = []


class SeriesSpec(_Strict):
    """A number series (R-REG-02); `symbols = ["*"]` numbers whatever has no series of its own."""

    code: str
    symbols: list[str]
    width: int = Field(default=2, ge=1, le=6)
    start: int = Field(default=1, ge=1)


class OrganisationSpec(_Strict):
    """A body with a seal of its own."""

    code: str
    level: Literal["province", "commune", "department"]
    place: str
    may_decide_procedures: bool = False
    seal_mm: float = Field(default=36.0, ge=20, le=50)
    names: list[NameSpec] = Field(min_length=1)
    units: list[UnitSpec] = []
    people: list[PersonSpec] = []
    series: list[SeriesSpec] = []


class OfficeSpec(_Strict):
    """The whole file."""

    organisations: list[OrganisationSpec] = Field(min_length=1)


def load_office(path: Path) -> OfficeSpec:
    """Read `office.toml`; `BadInput("office.invalid")` names each wrong entry and what is allowed."""
    try:
        return OfficeSpec.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise BadInput("office.missing", path=path) from None
    except tomllib.TOMLDecodeError as error:
        raise BadInput("office.invalid", path=path, faults=str(error)) from None
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
            for item in error.errors(include_input=False)
        )
        raise BadInput("office.invalid", path=path, faults=faults) from None
