"""Why a document cannot be read at all."""

from models import Words


class Unreadable(Exception):
    """`words` tell the person what is wrong and what to do."""

    def __init__(self, words: Words):
        super().__init__(words.en)
        self.words = words
