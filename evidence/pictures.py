"""What can be shown of a file: drawn by the child process once, then kept in a folder that may be lost.

None of it is in the database or in the store: it follows from the content, and is drawn again where it is missing.
"""

import contextlib
import json
import os
import tempfile
from pathlib import Path

from evidence.looking import Look, look_at, page_of, real_file
from evidence.refusal import Refusal
from evidence.store import Store, place_of

MOST_PAGES = 30  # of a PDF, shown in place; the whole of it is a download


class Pictures:
    """A folder of JPEGs and of what was found, by the content's hash."""

    def __init__(self, folder: Path):
        self.folder = folder

    def known(self, sha256: str) -> Look | None:
        """What was found when the file was looked at; None where that has not been yet, or is lost."""
        try:
            return Look.from_json(json.loads(self._path(sha256, "json").read_bytes()))
        except (OSError, ValueError):
            return None

    def keep(self, sha256: str, look: Look, jpeg: bytes) -> None:
        if jpeg:
            self._write(self._path(sha256, "1.jpg"), jpeg)
        self._write(self._path(sha256, "json"), json.dumps(look.to_json()).encode())

    def get(self, sha256: str, page: int, store: Store) -> bytes:
        """The picture, or a page of a PDF, as a JPEG; empty where there is none. Raises Missing, Unavailable."""
        with contextlib.suppress(OSError):
            return self._path(sha256, f"{page}.jpg").read_bytes()
        known = self.known(sha256)
        if known is not None and (not known.picture or page > min(max(known.pages, 1), MOST_PAGES)):
            return b""
        with store.open(sha256) as content, real_file(content) as file:
            if known is None:
                try:
                    found = look_at(file)
                except Refusal:
                    return b""
                self.keep(sha256, found.look, found.jpeg)
                return found.jpeg if page == 1 else self.get(sha256, page, store)
            drawn = page_of(file, page)
        if drawn:
            self._write(self._path(sha256, f"{page}.jpg"), drawn)
        return drawn

    def _path(self, sha256: str, ending: str) -> Path:
        return self.folder / f"{place_of(sha256)}.{ending}"

    def _write(self, path: Path, content: bytes) -> None:
        """Whole or not at all. A full disk costs a picture and nothing else."""
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
            handle, temporary = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(temporary, path)
