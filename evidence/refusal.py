"""Why a file or a link is not taken."""

from models import Words

# By code: what the child process, the scanner and the intake find.
WORDS = {
    "empty": Words("文件是空的。", "The file is empty."),
    "too-large": Words("单个文件不得超过 {most} MB。", "A file may have at most {most} MB."),
    "unfinished": Words(
        "您未传完的文件合计已超过 {most} MB，请先传完或稍后再试。",
        "Your unfinished uploads come to more than {most} MB; finish them first, or try again later.",
    ),
    "kind": Words(
        "只接收 PDF、Word、Excel 文件和 JPG、PNG 图片；此文件的内容不是其中任何一种。",
        "PDF, Word, Excel, JPEG and PNG are taken; by its content this file is none of them.",
    ),
    "macros": Words("文件含宏，请另存为不含宏的格式。", "The document holds macros; save it without them."),
    "damaged": Words("文件已损坏，无法打开。", "The file is damaged and cannot be opened."),
    "inflated": Words("文件解压后过大，不予接收。", "The document would unpack to far too much."),
    "encrypted": Words(
        "文件已加密，请去除密码后再上传。", "The document is encrypted; remove its password first."
    ),
    "virus": Words(
        "病毒扫描发现「{found}」，不予接收。请在本机查杀后重新上传。",
        "The virus scan found “{found}”; the file is not taken. Clean your computer and send it again.",
    ),
    "not-scanned": Words(
        "病毒扫描暂时不可用，暂不接收文件。其余内容不受影响，请稍后重新上传。",
        "The virus scanner does not answer, so no file is taken for now. Nothing else is affected: send it later.",
    ),
    "no-store": Words(
        "佐证材料库暂时不可用，此文件未保存，请稍后重新上传。",
        "The store of evidence does not answer; this file was not kept. Send it again later.",
    ),
    "not-stripped": Words(
        "无法去除此图片的拍摄信息，请另存后重新上传。",
        "Place and time could not be taken out of this picture; save it anew and upload that.",
    ),
}


CHILD_CODES = ("kind", "macros", "damaged", "inflated", "encrypted")  # what the child process may answer


class Refusal(Exception):
    """Nothing was kept. `code` is stable, `words` are for the person who sent it."""

    def __init__(self, code: str, words: Words | None = None, **fields):
        super().__init__(code)
        self.code, self.words = code, words or WORDS[code].format(**fields)
