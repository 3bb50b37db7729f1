"""The language of the terminal: Chinese, unless the environment asks for English."""

import os

from models import Words


def language() -> str:
    """"en" where LC_ALL, LC_MESSAGES or LANG begins with "en_", else "zh"."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "en" if value.lower().startswith("en_") else "zh"
    return "zh"


def speak(words: Words) -> str:
    return words[language()]
