"""Which land users are organisations or communities, told by how their names begin."""

import re

_ORGANISATION = re.compile(
    r"(?:(?:tong )?cong ti|cty|ubnd|uy ban (?:nhan dan|mat tran|mttq|dan so)|hop tac xa|htx|doanh nghiep|dntn"
    r"|xi nghiep|nha may|ngan hang|ban (?:quan li|chi huy|chap hanh|tiep cong dan|tuyen giao|dan van)"
    r"|so (?:tai|nong|y te|giao|xay|giao thong|tu phap|cong|noi|ke|lao|van|khoa|thong)|(?:chi )?cuc thue"
    r"|phong (?:giao duc|tai|nong|y te|van hoa|cong|noi vu|lao dong|tu phap|kinh te|quan li)"
    r"|chi (?:cuc|nhanh|hoi|doi)|toa an|vien kiem sat|cong an|bo (?:chi huy|tu lenh|quoc phong|cong an)"
    r"|hoi (?:nong dan|phu nu|cuu chien binh|chu thap|dong|lien hiep|nguoi)|benh vien"
    r"|tram (?:y te|xa|bom|thu y|bien)|trung (?:tam|doan)|su doan|tieu doan|lu doan|quan khu|quan doan"
    r"|truong (?:tieu hoc|mam non|mau giao|thcs|thpt|th|mn|trung hoc|pho thong|dai hoc|cao dang|trung cap"
    r"|day nghe|chinh tri|cap|ptdt|pt|quan su|si quan|ban)|buu dien|buu cuc|kho bac|quy tin dung|quy dau tu"
    r"|lam truong|nong truong|lien doan|doan (?:thanh nien|kinh te)|van phong|hat kiem lam|dang uy|huyen uy"
    r"|tinh uy|tap doan|vien (?:nghien cuu|khoa hoc|quy hoach)|don vi|cua hang|khach san|nha khach|to chuc"
    r"|co quan|doi (?:quan li|thue|thi hanh)|thu vien|bao tang|nha (?:thieu nhi|xuat ban))\b"
)
_COMPANY_WORD = re.compile(r"\b(?:tnhh|co phan|jsc|co ltd)\b")

_COMMUNITY = re.compile(
    r"(?:cộng đồng|chùa|đình|đền|miếu|nghè|nhà thờ|nhà nguyện|giáo xứ|giáo họ|họ đạo|họ giáo|dòng họ|dòng tu"
    r"|thiền viện|tu viện|tịnh xá|thánh thất|tòa giám mục|toà giám mục|giáo hội|ban hộ tự|ban trị sự"
    r"|thôn|xóm|bản|làng|khu phố|khu dân cư|tổ dân phố|tdp|ấp|nhà văn hóa|nhà văn hoá)\s"
)
_COMMUNITY_FOLDED = re.compile(
    r"(?:cong dong|chua (?!xac|co|ro|biet|cap)|nha tho|giao xu|giao ho|dong ho|thon|xom|khu pho|khu dan cu"
    r"|to dan pho|tdp|nha van hoa|thien vien|ban ho tu) "
)


def kind(text: str, folded: str) -> str:
    """'organisation', 'community' (villages, clans, religious houses) or '', from a name and its fold."""
    if _ORGANISATION.match(folded) or _COMPANY_WORD.search(folded):
        return "organisation"
    if text.isascii():
        return "community" if _COMMUNITY_FOLDED.match(folded + " ") else ""
    return "community" if _COMMUNITY.match(text.lower()) else ""
