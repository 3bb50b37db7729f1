"""A link as evidence: an address on the web, and nothing that could run or hide where it goes."""

import unicodedata
from urllib.parse import urlsplit

from evidence.refusal import Refusal
from models import Words

MOST = 1000  # characters

NOT_A_LINK = Words("请填写以 http:// 或 https:// 开头的网址。", "Give an address that begins with http:// or https://.")


def check_link(address: str) -> str:
    """The address, where it will do. Raises Refusal."""
    address = address.strip()
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises where it is no number
    except ValueError:
        raise Refusal("link", NOT_A_LINK) from None
    hidden = any(unicodedata.category(sign).startswith(("C", "Z")) for sign in address)
    credentials = parts.username is not None or parts.password is not None
    if parts.scheme not in ("http", "https") or not parts.hostname or hidden or credentials or len(address) > MOST:
        raise Refusal("link", NOT_A_LINK)
    return address
