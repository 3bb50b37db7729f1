"""How a reader says that it cannot read a file. It runs in a child process and knows no words: see words.py."""


class Refused(Exception):
    """`code` names the message in `plans.readers.words`, `fields` what it speaks of."""

    def __init__(self, code: str, **fields: str | int):
        super().__init__(code)
        self.code = code
        self.fields = fields
