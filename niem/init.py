"""`niem init DIR`: a new site, its settings written out with comments."""

from pathlib import Path
from typing import Final

from document.errors import BadInput
from document.ledger import connect, migrate
from document.settings import FILE, Site, load

SETTINGS: Final = """\
# Niêm: cấu hình của một hệ thống / the settings of one site.
# Mục lạ hoặc giá trị sai làm chương trình dừng ngay, kèm số dòng.
# An unknown or wrong entry stops the start, with its line.

[site]
kind = "{kind}"             # office | demo | test (only demo and test accept test certificates)

[database]
url = "{database}"   # or postgresql+psycopg://user@/niem?host=/var/run/postgresql

[watch]                     # when a dropped file is taken
settle_seconds = 2.0        # two readings so far apart must agree
stuck_seconds = 60.0        # unchanged for so long: taken anyway, and returned with its reason
quiet_seconds = 5.0         # a set is complete when no member has changed for so long
rescan_seconds = 2.0
max_mb = 50
convert_seconds = 60.0      # a Word file that takes longer is returned
poll = "auto"               # auto | always | never (network shares are polled)

[reading]
threshold = 0.8             # below it a person confirms what was read
children = 2                # processes that open strangers' files
seconds = 60.0
memory_mb = 1536

[work]
ask_seconds = 0.25
lease_seconds = 120.0
recheck_seconds = 3600.0    # a revocation status that could not be learnt is asked again

[desk]                      # a PIN is taken only over HTTPS or from loopback
host = "127.0.0.1"
port = 8443
tls_certificate = ""
tls_key = ""
session_hours = 8.0

[public]
host = "127.0.0.1"
port = 8080
tls_certificate = ""
tls_key = ""
apart = false               # true: `niem public` runs under an account of its own, `niem run` leaves it alone
database = ""               # on PostgreSQL: URL of a role that may only read the schema niem_public
title = ""                  # heading of the listing; empty: the catalogue's
feedback_address = ""       # nơi tiếp nhận phản ánh, kiến nghị, shown on every page (R-TTHC-09)
feedback_phone = ""
feedback_email = ""
file_name = "{{number}}_{{subject}}"
file_name_length = 50

[keys]
folder = "keys"
socket = "run/keys.sock"
pin_tries = 5
lock_minutes = 15
hold_minutes = 30.0         # how long a key stays open for the acts of one batch
group = ""                  # system group that may ask, where `niem keys` has an account of its own
unattended = []             # keys opened from a PIN file by a standing rule; rare

[signing]
level = "B-LT"              # B-B | B-T | B-LT
timestamp_urls = []         # e.g. ["http://ca.gov.vn/tsa"], tried in order
timestamp_seconds = 5.0
timestamp_required = true   # the organisation's signature waits until a service answers
issue_when_revocation_unknown = true
strict_lock = false         # true: a receiver's incoming stamp would break our layers in viewers
attachment_text = "Số: {{number_symbol}}; {{date}}; {{time}} +07:00"

[trust]                     # PEM files; see docs/vi for the state's and the public root
roots = []
intermediates = []
revocation_hosts = []       # hosts that may be asked for OCSP and CRL

[fonts]
order = []                  # own font files first; otherwise Times New Roman, Liberation Serif, Tinos ...
"""

CLOSED: Final = ("vault", "keys", "run", "logs", "shares", "public-store")
"""For the site's account alone. `public-store` may be given to an account of the public process."""
OPEN: Final = ("public", "trust")
"""Everybody's to read, as `niem.toml` is: an account that serves the public needs no more than these."""

DATABASE: Final = "sqlite:///ledger.sqlite"

OFFICE: Final = """\
# Ai làm gì trong cơ quan. Sửa rồi chạy:  niem office apply office.toml
# Who does what in the office. Edit, then run:  niem office apply office.toml

[[organisations]]
code = "xa-vi-du"
level = "commune"                    # province | commune | department
place = "Ví Dụ"                      # địa danh trên dòng ngày tháng
may_decide_procedures = false        # only a province decides (R-TTHC-01)
seal_mm = 36.0                       # đường kính thật của con dấu
names = [{ name = "ỦY BAN NHÂN DÂN XÃ VÍ DỤ", valid_from = 2025-07-01 }]

[[organisations.units]]
code = "kinhte"
name = "Phòng Kinh tế"
folder = "shares/kinhte"             # the share of this unit; four folders are made in it
# folder_names = ["1-Trinh-ky", "2-Dang-xu-ly", "3-Da-phat-hanh", "4-Tra-lai"]

[[organisations.people]]
login = "lanhdao"
name = "Họ và Tên"
roles = ["leader"]                   # leader | clerk | form_checker | administrator
signs = [{ capacity = "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH", title = "PHÓ CHỦ TỊCH" }]

[[organisations.people]]
login = "truongphong"
name = "Họ và Tên"
head_of = ["kinhte"]                 # kiểm tra nội dung

[[organisations.people]]
login = "thethuc"
name = "Họ và Tên"
roles = ["form_checker"]

[[organisations.people]]
login = "vanthu"
name = "Họ và Tên"
roles = ["clerk"]

[[organisations.series]]
code = "chung"
symbols = ["*"]                      # mọi ký hiệu chưa có hệ thống số riêng
width = 2
"""


def init(root: Path, kind: str = "office", database: str = "") -> Site:
    """Make a site at `root`: folders, commented settings, an office file to fill in, the database.

    Other accounts may pass through `root`, not look around in it.

    `database`: the URL of a PostgreSQL database instead of a SQLite file in the site's folder.

    Raises `BadInput("init.exists")` when there is a site already.
    """
    if (root / FILE).exists():
        raise BadInput("init.exists", path=root)
    for names, mode in ((CLOSED, 0o700), (OPEN, 0o755)):
        for name in names:
            (root / name).mkdir(parents=True, exist_ok=True)
            (root / name).chmod(mode)
    root.chmod(0o711)
    (root / FILE).write_text(SETTINGS.format(kind=kind, database=database or DATABASE), encoding="utf-8")
    (root / FILE).chmod(0o644)
    if not (root / "office.toml").exists():
        (root / "office.toml").write_text(OFFICE, encoding="utf-8")
        (root / "office.toml").chmod(0o600)
    site = load(root)
    engine = connect(site.database_url)
    migrate.upgrade(engine)
    engine.dispose()
    for ledger in root.glob("ledger.sqlite*"):  # what people decided is nobody else's to read
        ledger.chmod(0o600)
    return site
