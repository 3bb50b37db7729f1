"""Why a file or a link is not taken."""

from models import Words


class Refusal(Exception):
    """Nothing was kept. `code` is stable, `words` are for the person who sent it."""

    def __init__(self, code: str, words: Words):
        super().__init__(code)
        self.code, self.words = code, words
