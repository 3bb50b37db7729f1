"""The only program that parses uploaded bytes. It is started for one file, limited, and has nothing to lose.

    python -I evidence/child look | page N | strip | words      file on standard input, answer on standard output

`look` answers a line of JSON, {"kind": extension} or {"refused": code}; then, of a picture or
a PDF that can be drawn, {"details": {…}} on a second line, and after it a JPEG. `page` and `strip` answer the
picture alone; `words` a line that says so, and after it the document's words (UTF-8).
It knows nothing of the ledger: no database, no settings, none of its modules.
"""

import json
import resource
import sys

MEMORY = 1 << 30  # bytes of address space
SECONDS = 20  # of the processor
WORDS_SECONDS = 5  # the same, where only words are asked for
ANSWER = 64 << 20  # bytes: a stripped picture is as large as the one that came


def main() -> None:
    seconds = WORDS_SECONDS if sys.argv[1] == "words" else SECONDS
    for what, most in (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, ANSWER),
        (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))
    with open(0, "rb") as content, open(1, "wb") as answer:
        _answer(content, answer, *sys.argv[1:])


def _answer(content, answer, mode: str, *numbers: str) -> None:
    if mode == "look":
        _look(content, answer)
    elif mode == "page":
        import pages

        answer.write(pages.draw(content, int(numbers[0]))[1])
    elif mode == "words":
        import words

        answer.write(b"words\n" + words.words(content).encode("utf-8", "replace"))
    else:
        import pictures

        answer.write(pictures.strip(content))


def _look(content, answer) -> None:
    import kinds

    try:
        kind = kinds.kind_of(content)
    except kinds.Wrong as wrong:
        _say(answer, refused=wrong.args[0])
        return
    _say(answer, kind=kind)
    # Said at once: whatever happens below, the file is what it is, and only its picture is missing.
    if kind == kinds.PDF:
        import pages

        count, picture = pages.draw(content, 1)
        details = {"pages": count}
    elif kind in (kinds.PNG, kinds.JPEG):
        import pictures

        details, picture = pictures.look(content)
    else:
        return
    _say(answer, details=details)
    answer.write(picture)


def _say(answer, **what) -> None:
    answer.write(json.dumps(what).encode() + b"\n")
    answer.flush()


main()
