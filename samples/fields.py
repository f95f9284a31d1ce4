"""The fields of a procedure record, in the order of the data file.

Source: Decree 63/2010/NĐ-CP, Art. 8.2 as amended by Decree 92/2017/NĐ-CP, and the labels of
the national database. Lists are one value per line inside a cell, a list in YAML.
"""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = ("Bộ", "Tỉnh", "Xã")
ACTS = ("mới ban hành", "sửa đổi, bổ sung", "thay thế", "bãi bỏ")
UNITS = ("ngày", "ngày làm việc", "giờ")
ONLINE = ("FULL", "PARTIAL", "INFORMATION_ONLY", "NONE")


@dataclass(frozen=True)
class Field:
    """One column: its key, its heading for people, and what may stand in it."""

    key: str
    heading: str
    advice: str
    required: bool = True
    listed: bool = False
    choices: tuple[str, ...] = ()
    width: int = 24


FIELDS = (
    Field("code", "Mã thủ tục", "Mã trên Cơ sở dữ liệu quốc gia, ví dụ 1.900001.", width=12),
    Field("name", "Tên thủ tục", "Đúng như trong Quyết định công bố.", width=36),
    Field("field", "Lĩnh vực", "Lĩnh vực quản lý, dùng để xếp nhóm."),
    Field("level", "Cấp thực hiện", "Cấp giải quyết thủ tục.", choices=LEVELS, width=12),
    Field("act", "Hình thức công bố", "Nội dung công bố đối với thủ tục này.", choices=ACTS, width=18),
    Field("steps", "Trình tự thực hiện", "Mỗi bước một dòng.", listed=True, width=48),
    Field(
        "methods",
        "Cách thức thực hiện",
        "Mỗi cách một dòng: trực tuyến, trực tiếp, bưu chính công ích.",
        listed=True,
        width=40,
    ),
    Field(
        "dossier",
        "Thành phần hồ sơ",
        "Mỗi giấy tờ một dòng, kèm số bản chính, bản sao.",
        listed=True,
        width=48,
    ),
    Field("sets", "Số lượng hồ sơ", "Số bộ hồ sơ, viết bằng chữ số.", width=10),
    Field("time_limit_value", "Thời hạn (số)", "Viết bằng chữ số.", width=10),
    Field("time_limit_unit", "Thời hạn (đơn vị)", "Đơn vị của thời hạn.", choices=UNITS, width=16),
    Field(
        "time_limit_text",
        "Thời hạn (diễn giải)",
        "Tính từ khi nào; các khoảng thời gian không tính.",
        required=False,
        width=36,
    ),
    Field("subjects", "Đối tượng thực hiện", "Mỗi đối tượng một dòng.", listed=True),
    Field(
        "authority", "Cơ quan giải quyết", "Cơ quan có thẩm quyền quyết định và cơ quan phối hợp.", width=36
    ),
    Field(
        "places", "Địa điểm tiếp nhận và trả kết quả", "Mỗi nơi một dòng, có địa chỉ.", listed=True, width=36
    ),
    Field(
        "forms",
        "Mẫu đơn, tờ khai",
        "Mỗi mẫu một dòng; để trống nếu không có.",
        required=False,
        listed=True,
        width=36,
    ),
    Field("result", "Kết quả thực hiện", "Giấy tờ mà người làm thủ tục nhận được.", width=30),
    Field("conditions", "Yêu cầu, điều kiện", "Ghi “Không” nếu không có.", required=False, width=36),
    Field(
        "fees",
        "Phí, lệ phí",
        "Mức thu và văn bản quy định; ghi “Không” nếu không thu.",
        required=False,
        width=30,
    ),
    Field(
        "legal_basis",
        "Căn cứ pháp lý",
        "Mỗi văn bản một dòng: số, ký hiệu, ngày, cơ quan, trích yếu.",
        listed=True,
        width=48,
    ),
    Field(
        "online_level",
        "Mức độ dịch vụ công trực tuyến",
        "FULL: toàn trình; PARTIAL: một phần; INFORMATION_ONLY: cung cấp thông tin; NONE: chưa cung cấp.",
        choices=ONLINE,
        width=20,
    ),
    Field(
        "online_reason", "Lý do chưa toàn trình", "Bắt buộc khi mức độ là PARTIAL.", required=False, width=36
    ),
    Field(
        "effective_from",
        "Ngày hiệu lực",
        "dd/mm/yyyy hoặc yyyy-mm-dd; để trống là ngày của Quyết định.",
        required=False,
        width=14,
    ),
    Field(
        "keywords", "Từ khóa", "Mỗi từ khóa một dòng, giúp người dân tìm thấy.", required=False, listed=True
    ),
)
