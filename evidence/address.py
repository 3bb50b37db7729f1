"""The store that an address (EVIDENCE_URL) names."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from evidence.folder import FolderStore
from evidence.s3 import S3Address, S3Store
from evidence.store import Store


def store_for(url: str, key: str = "", secret: str = "") -> Store:
    """The store at `url`; `key` and `secret` where it is an S3 store. Raises ValueError where it will not do."""
    parts = urlsplit(url)
    if parts.scheme == "s3":
        return S3Store(S3Address.parse(url), key, secret)
    if parts.scheme != "file" or parts.netloc or not parts.path:
        raise ValueError(f"EVIDENCE_URL: file:///folder and s3://bucket are understood, not {url!r}")
    return FolderStore(Path(unquote(parts.path)))
