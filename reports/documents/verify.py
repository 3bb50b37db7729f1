"""Check a dossier without the ledger: `python3 verify.py` in its folder. Python alone is needed, no package.

1. Every file is what SHA256SUMS says (`sha256sum -c SHA256SUMS` does the same).
2. Every event follows on the one before it, and the last one is the head that manifest.json names. Of events that are
   here whole the hash is made anew from their fields; of others some fields were not for the reader of this dossier.

Ends with 0 where all is well, 1 where something is not.
"""

import hashlib
import json
import sys
from pathlib import Path

FIELDS = (
    "format", "subject_type", "subject_id", "sequence", "previous", "at", "actor_id", "actor_name",
    "actor_unit", "actor_role", "action", "from_state", "to_state", "round", "reason", "detail",
    "input_digest", "evidence_digest", "address", "request_id",
)


def netstring(value):
    if value is None:
        return b"-,"
    data = str(value).encode()
    return b"%d:%s," % (len(data), data)


def hash_of(event):
    return hashlib.sha256(b"".join(netstring(event[name]) for name in FIELDS)).hexdigest()


def file_faults(folder):
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        wanted, _, name = line.partition("  ")
        try:
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError:
            yield f"missing / 缺失: {name}"
            continue
        if found != wanted:
            yield f"changed / 内容不符: {name}"


def event_faults(events, head):
    previous = "0" * 64
    for place, event in enumerate(events, 1):
        if event["sequence"] != place or event["previous"] != previous:
            yield f"event {place} does not follow / 与前一事件接不上"
        if all(name in event for name in FIELDS) and hash_of(event) != event["hash"]:
            yield f"event {place} was changed / 内容与摘要不符"
        previous = event["hash"]
    if previous != head:
        yield "the chain does not end at the head of manifest.json / 链尾与清单不符"


def main(folder):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    lines = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    faults = [*file_faults(folder), *event_faults(events, manifest["chain"]["head"])]
    whole = sum("detail" in event for event in events)
    print(f"{len(events)} events / 事件, {whole} whole / 完整; head / 链尾 {manifest['chain']['head']}")
    print("\n".join(faults) or "intact / 完好")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parent))
