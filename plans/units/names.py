"""What a unit's name tells by itself: whose level it says, whether it is whole, whether it is one or many."""

import re

# Names of a kind of body, not of one: each stands for all of its kind.
_KINDS = (
    "村委会", "村（居）委会", "居委会", "自然村", "行政村", "村民小组", "社区", "乡镇", "街道", "镇街", "镇办",
    "乡镇街道", "县区", "街道办事处", "乡镇人民政府", "乡镇政府", "镇人民政府", "县（市、区）", "县（区）", "市县",
    "区县", "责任单位", "责任部门", "成员单位", "各",
)
_VAGUE = re.compile(
    r"有关|相关|^(?:中标|监理|施工|设计|建设|业主|责任|承建|牵头|配合|行业主管|职能|主管|产权|运营|成员)(?:单位|部门|"
    r"企业)$|^其[他它余]"
)
_MEMBERS = re.compile(r"各(?!国)|成员单位$|全体|^所有|^[市县区镇乡街道省州旗盟]{1,2}(?:[（(].{1,8}[）)])?、")
# How the names of offices end; a name without any of these may be cut short.
_STRONG = (
    "局", "厅", "委", "办", "署", "政府", "委员会", "办公室", "公司", "中心", "集团", "银行", "管委会", "街道",
    "街道办", "办事处", "单位", "部门", "法院", "检察院", "联合会", "协会", "学校", "大学", "学院", "医院", "大队",
    "支队", "总队", "分局", "海关", "纪委", "支行", "分行", "总工会", "残联", "妇联", "供销社", "研究院", "人大",
    "政协", "团委", "党校", "组织部", "宣传部", "统战部", "武装部", "工作部", "编办", "工商联", "专班", "领导小组",
    "指挥部",
)
_ENDINGS = (
    *_STRONG,
    "镇", "乡", "村", "部", "院", "处", "科", "室", "所", "站", "队", "社", "会", "联", "协", "岛", "市", "县", "区",
    "省", "州", "旗", "股", "组", "行", "校", "馆", "场", "园", "台", "库", "企业", "机构", "企", "厂", "段", "线",
    "盟", "地区", "央企",
)
# 「市场」「市政」「区域」 do not say whose office it is.
_LEVEL = re.compile(r"^(?:自治区|省|市|县|区|州|盟|旗)(?=..)(?!(?:场|域|级|直|容|民|属|长|内|外|政(?![府协务法数])))")
_PLACE = re.compile(r"^[^各有相全省市县区]{1,8}?(?:自治县|自治州|地区|新区|市|县|区|州|盟|旗|镇|乡|街道)$")
_GOVERNMENT = re.compile(
    r"(?P<place>自治县|自治州|地区|市|县|区|州|盟|旗|镇|乡|街道)(?P<body>人民政府|政府|党委政府|党委、政府|管委会|"
    r"管理委员会|党工委|党委|办事处)$"
)
_SHARED = ("街道", "镇", "乡", "村", "局", "市", "县", "区")
_SHORT = 3  # characters: a longer name without an ending is a name of its own kind
_ROUND = str.maketrans("〔〕[]【】", "（）（）（）")
_OPEN, _CLOSE = "（([【〔", "）)]】〕"


def is_vague(name: str) -> bool:
    """Whether it does not say which unit is meant."""
    return bool(_VAGUE.search(name))


def is_collective(name: str) -> bool:
    """Whether it stands for several units."""
    name = name.translate(_ROUND)
    return name in _KINDS or bool(_MEMBERS.search(name)) or is_vague(name)


def level_of(name: str) -> str:
    """「省」 of 省科技厅; "" where the name says no level."""
    found = _LEVEL.match(name)
    return found.group() if found else ""


def is_place(name: str) -> bool:
    """「甲市」, and not 「省国资委」: a place, without the body that acts there."""
    return bool(_PLACE.match(name))


def government_of(name: str) -> tuple[str, str] | None:
    """(「县」, 「人民政府」) of 丙县人民政府."""
    found = _GOVERNMENT.search(name)
    return (found["place"], found["body"]) if found and len(name) > len(found.group()) else None


def is_whole(name: str, strongly: bool = False) -> bool:
    """Whether a name could end here: with the word for an office, and no bracket left open."""
    if not balanced(name) or len(name) < 2:
        return False
    if name[-1] in _CLOSE:
        return True
    return name.endswith(_STRONG if strongly else _ENDINGS)


def looks_like_a_person(name: str) -> bool:
    """Two to four signs without any word for an office: only where a header speaks of persons."""
    return 2 <= len(name) <= 4 and not is_whole(name) and not is_collective(name) and "一" <= name[0] <= "鿿"


def balanced(text: str) -> bool:
    return sum(sign in _OPEN for sign in text) == sum(sign in _CLOSE for sign in text)


def spelled_out(name: str, following: str) -> str:
    """A short name without an ending takes the ending of the one that follows it in the list."""
    if len(name) > _SHORT or name.endswith(_ENDINGS) or not following:
        return name
    ending = next((shared for shared in _SHARED if following.endswith(shared)), None)
    if ending is None or len(following) - len(ending) > _SHORT:
        return name
    return name + ending
