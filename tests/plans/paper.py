"""Small plans written as a word processor's text would have them: one cell a line, as the sample."""

from dataclasses import dataclass, replace

YEARS = (2018, 2019)
TITLE = "测试区任务分解表（2018-2019年）"


@dataclass(frozen=True)
class Line:
    """One row of the paper; `asks` has a text for each year."""

    number: str
    title: str
    asks: tuple[str, ...] = ("基本完成。", "全面完成。")
    units: str = "牵头单位：甲局，配合单位：乙局"
    content: str = ""
    area: str = "一、盘活行动"

    def but(self, **changes) -> "Line":
        return replace(self, **changes)


LINES = (
    Line("1", "农村土地确权登记颁证", content="推进农村土地确权登记颁证。"),
    Line("2", "农村公路建设", content="推进农村公路建设。", units="乙局、丁局、甲局"),
    Line("3", "督查机制建设", asks=("6月前完成方案。", ""), area="二、治理行动"),
    Line("4", "涉农资金整合", asks=("", ""), area="二、治理行动", units="有关单位"),
)


def paper(lines=LINES, title: str = TITLE, years=YEARS, note: str = "") -> bytes:
    rows = [["序号", "项目名称", "工作内容", "进度要求", "责任单位"]]
    rows.append(["", "", "", *(f"{year}年" for year in years), ""])
    area = None
    for line in lines:
        if line.area != area:
            area = line.area
            rows.append([line.area])
        rows.append([line.number, line.title, line.content or "推进此项工作。", *line.asks, line.units])
    head = "\n".join(filter(None, [title, note]))
    return (head + "\n" + "\n\n".join("\n".join(f"\t{cell}" for cell in row) for row in rows) + "\n").encode()


def changed(which: str, /, **changes) -> tuple[Line, ...]:
    """The small plan with one row changed."""
    return tuple(line.but(**changes) if line.number == which else line for line in LINES)
