"""Words in the ledger's two languages, for data that carries its own labels."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """One label or message in Chinese and English.

    `words["zh"]` and `words["en"]` give the text; any other language raises KeyError.
    """

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        if language not in ("zh", "en"):
            raise KeyError(language)
        return getattr(self, language)

    def format(self, **fields) -> "Words":
        """The same words with `{name}` places filled; raises KeyError where one is missing.

        A field that is itself `Words` is filled in each language with its own text.
        """
        return Words(
            *(
                getattr(self, language).format(
                    **{k: v[language] if isinstance(v, Words) else v for k, v in fields.items()}
                )
                for language in ("zh", "en")
            )
        )
