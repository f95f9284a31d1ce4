"""Where the papers of the project lie, the files they talk about, and the words they avoid."""

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FLOORS: Final = ("niem", "watch_folders", "office", "signing", "publisher", "document")
"""The folders of the product."""
SOURCES: Final = tuple(sorted(file for floor in FLOORS for file in (ROOT / floor).rglob("*.py")))
TEMPLATES: Final = tuple(sorted(file for floor in FLOORS for file in (ROOT / floor).rglob("*.html")))
PAPERS: Final = tuple(
    sorted(
        [
            *ROOT.glob("*.md"),
            *(ROOT / "docs").rglob("*.md"),
            *(ROOT / "bench").rglob("*.md"),
            ROOT / "certs/test/README.md",
        ]
    )
)
"""Every paper of the project."""

BANNED: Final[dict[str, str]] = {
    "!": "no exclamation marks",
    "upload": "tải lên",
    "download": "tải về",
    "click": "chọn, nhấn",
    "online": "trực tuyến",
    "server": "máy chủ",
    "password": "mật khẩu",
    "login": "đăng nhập, tên đăng nhập",
    "file": "tệp",
    "email": "thư điện tử",
    "sổ cái": "nhật ký hồ sơ",
    "từ chối": "trả lại",
    "chữ ký điện tử": "chữ ký số",
    "đóng dấu số": "ký số cơ quan",
    "bạn": "no pronouns",
    "tôi": "no pronouns",
    "chúng ta": "no pronouns",
    "huyện": "the district level ended on 01/07/2025",
}
"""Words that people must not meet in Vietnamese, with what stands in their place."""
_NOT_PROSE: Final = re.compile(r"```.*?```|`[^`]*`|\{[^}]*\}|\]\([^)]*\)|<!--.*?-->|!\[|--?\w+", re.DOTALL)


def banned(text: str) -> list[str]:
    """The banned words of `text`; code, blanks and addresses are no prose."""
    prose = _NOT_PROSE.sub(" ", text).lower()
    return [
        word
        for word in BANNED
        if (word in prose if word == "!" else re.search(rf"(?<!\w){re.escape(word)}(?!\w)", prose))
    ]
