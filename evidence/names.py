"""A file's name as it may be shown and sent back: hostile ones are made harmless, the words are kept."""

import re
import unicodedata

MOST = 120  # characters, extension included
NAMELESS = "未命名"
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)$")


def safe_name(given: str, extension: str) -> str:
    """`given` without folders, signs that cannot be seen or that turn the writing round, and with `extension`.

    The extension is the one of the content: a name ending in another one keeps that as part of its words.
    """
    name = unicodedata.normalize("NFC", given or "")
    name = re.split(r"[/\\]", name)[-1]
    # Controls, formats (zero width, right-to-left overrides), surrogates, private use, unassigned.
    name = "".join(sign for sign in name if not unicodedata.category(sign).startswith("C"))
    name = "".join(" " if unicodedata.category(sign).startswith("Z") else sign for sign in name)
    name = re.sub(r'[<>:"|?*]', "_", name).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot or not (ending.lower() == extension or (extension == "jpg" and ending.lower() == "jpeg")):
        stem = name
    stem = stem.strip(" .") or NAMELESS
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{stem[: MOST - len(extension) - 1].rstrip(' .')}.{extension}"
