"""单项档案 as one zip: the PDF, every piece of evidence, the chain, and what a stranger needs to check all of it."""

import hashlib
import json
import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO

from evidence import Missing, Store
from models import Evidence
from reports.documents import verify
from reports.documents.dossier import Dossier, event_lines, manifest
from reports.documents.taken import moment_said

README = """单项档案核验说明

本压缩包取自台账，含一个年度节点的档案、佐证材料和审计留痕。不需要台账系统即可核验：

一、核对文件。在本文件夹中运行
    sha256sum -c SHA256SUMS
每个文件后显示 OK 即未被改动。（Windows 可逐个用 certutil -hashfile 文件名 SHA256 比对。）

二、核对留痕。运行
    python3 verify.py
它逐个重算 events.jsonl 中各事件的摘要，核对首尾相接，并与 manifest.json 中的链尾比对。
有些事件的部分内容不在取档人的查看范围内，只给出摘要，仍可核对其在链上的位置。

三、核对链尾。把链尾（head）告知台账的审计员，由其用 flask audit verify 和系统外保管的检查点核对：
链尾一致，则本档案与台账所存一致，且此前各事件未被改动。摘要算法见台账文档 docs/audit.md。
"""


class _Hashing:
    """A file in the zip that is hashed while it is written."""

    def __init__(self, into: BinaryIO):
        self.into, self.hash = into, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        return self.into.write(data)


def write_bundle(shown: Dossier, pdf: bytes, store: Store) -> BinaryIO:
    """The zip, to be read and closed; memory does not grow with the evidence. May raise Unavailable."""
    kept = tempfile.TemporaryFile()  # noqa: SIM115  # handed on
    sums: dict[str, str] = {}
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        files = [_piece(made, store, sums, it.content.number, place, piece)
                 for it in shown.rounds for place, piece in enumerate(it.pieces, 1) if piece.kind == Evidence.FILE]
        missing = [it["path"] for it in files if it["missing"]]
        note = README + (f"\n取档时台账中缺失的文件：\n{chr(10).join(missing)}\n" if missing else "")
        _add(made, sums, "档案.pdf", pdf)
        _add(made, sums, "events.jsonl", event_lines(shown).encode())
        _add(made, sums, "manifest.json", json.dumps(manifest(shown, files), ensure_ascii=False, indent=1).encode())
        _add(made, sums, "核验说明.txt", f"{note}\n取档时间：{moment_said(shown.at)}\n".encode())
        _add(made, sums, "verify.py", Path(verify.__file__).read_bytes())
        made.writestr("SHA256SUMS", "".join(f"{sha256}  {name}\n" for name, sha256 in sums.items()))
    kept.seek(0)
    return kept


def _add(made: zipfile.ZipFile, sums: dict[str, str], name: str, content: bytes) -> None:
    made.writestr(name, content)
    sums[name] = hashlib.sha256(content).hexdigest()


def _piece(
    made: zipfile.ZipFile, store: Store, sums: dict[str, str], number: int, place: int, piece: Evidence
) -> dict:
    """Put one file in; its line in the manifest. Its hash is the one on record, whatever lies in the store."""
    path = f"evidence/round-{number}/{place:03d}-{piece.name}"
    line = {
        "path": path, "round": number, "name": piece.name, "unit": piece.unit.name, "size": piece.size,
        "sha256": piece.sha256, "added_at": piece.added_at.isoformat(), "missing": False,
    }
    try:
        source = store.open(piece.sha256)
    except Missing:
        return line | {"missing": True}
    with source, made.open(path, "w") as into:
        hashing = _Hashing(into)
        shutil.copyfileobj(source, hashing, 1 << 20)
    sums[path] = piece.sha256
    return line | ({"found": hashing.hash.hexdigest()} if hashing.hash.hexdigest() != piece.sha256 else {})
