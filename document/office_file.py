"""`office.toml`: who is who in an office, typed. `niem office apply FILE` makes the ledger say the same."""

import tomllib
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from document.errors import BadInput
from document.settings import toml_fault

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
    valid_to: date | None = None


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

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        units = [unit.code for unit in self.units]
        _once("units.code", units)
        _once("series.code", [series.code for series in self.series])
        _once("series.symbols", [symbol for series in self.series for symbol in series.symbols])
        for person in self.people:
            unknown = sorted(set(person.head_of) - set(units))
            if unknown:
                raise ValueError(f"{person.login}: head_of names {unknown}; known: {units}")
        return self


class OfficeSpec(_Strict):
    """The whole file."""

    organisations: list[OrganisationSpec] = Field(min_length=1)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        """Organisations share no login and no folder."""
        _once("organisations.code", [one.code for one in self.organisations])
        _once("people.login", [person.login for one in self.organisations for person in one.people])
        _once("units.folder", [unit.folder for one in self.organisations for unit in one.units])
        return self


def _once(what: str, values: list[str]) -> None:
    twice = sorted(value for value, times in Counter(values).items() if times > 1)
    if twice:
        raise ValueError(f"{what}: {twice} stands twice")


def load_office(path: Path) -> OfficeSpec:
    """Read `office.toml`; `BadInput("office.invalid")` names each wrong entry and what is allowed."""
    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadInput("office.missing", path=path) from None
    except UnicodeDecodeError as error:
        raise BadInput("office.invalid", path=path, faults=str(error)) from None
    try:
        return OfficeSpec.model_validate(tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        raise BadInput("office.invalid", path=path, faults=toml_fault(error, source)) from None
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(str(part) for part in item['loc']) or path.name}: {item['msg']}"
            for item in error.errors(include_input=False)
        )
        raise BadInput("office.invalid", path=path, faults=faults) from None
