"""The words of a message: a subject, one line a notice with what was said, and where to look."""

from models import Notice, Words
from workflow.calendar import CHINA
from workflow.notice_kinds import sentence

ONE = Words("【台账】{sentence}", "[Taizhang] {sentence}")
DIGEST = Words("【台账】截至{day}的 {count} 条通知", "[Taizhang] {count} notices up to {day}")
MORE = Words("另有 {count} 条，请登录台账查看。", "{count} more are in the ledger.")
LOOK = Words("查看：{url}", "Look: {url}")
WHY = Words("接收方式可在台账「通知设置」中更改。", "How you are told is yours to choose, under “Notice settings”.")
# A robot's message is short: WeCom takes 2,048 bytes of text. A mail may be long, but nobody reads it to the end.
MOST = {"hook": 10, "mail": 100}
MOST_SUBJECT = 120  # characters


def compose(notices: list[Notice], channel: str, language: str, site: str) -> tuple[str, str]:
    """(subject, text) of one message, the same each time it is asked for."""
    lines = [_line(notice, language) for notice in notices[:MOST[channel]]]
    if len(notices) > MOST[channel]:
        lines.append(MORE.format(count=len(notices) - MOST[channel])[language])
    if site:
        lines += ["", LOOK.format(url=f"{site.rstrip('/')}/notices")[language]]
    if channel == "mail":
        lines += ["", WHY[language]]
    return _subject(notices, language), "\n".join(lines)


def _subject(notices: list[Notice], language: str) -> str:
    if len(notices) == 1:
        words = ONE.format(sentence=sentence(notices[0].kind, notices[0].detail))[language]
    else:
        local = max(notice.at for notice in notices).astimezone(CHINA)
        day = {"zh": f"{local.month}月{local.day}日", "en": f"{local:%-d %B}"}[language]
        words = DIGEST.format(day=day, count=len(notices))[language]
    # A header is one line, whatever a task is called.
    return " ".join(words.split())[:MOST_SUBJECT]


def _line(notice: Notice, language: str) -> str:
    text = sentence(notice.kind, notice.detail)[language]
    words = notice.detail.get("words")
    return f"· {text}" + (f"\n  {words}" if words else "")
