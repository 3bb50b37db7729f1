"""Settings: documented in one place, checked at start, and a production start that refuses what is unsafe."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from settings import ROOT, Settings, SettingsError

TABLE = re.compile(r"^\| `([A-Z_]+)` \| ([^|]*) \|", re.MULTILINE)


def read(**environment: str) -> Settings:
    return Settings.read(environment)


def test_every_setting_is_documented_with_its_default_and_nothing_else_is():
    documented = dict(TABLE.findall(Path("docs/settings.md").read_text(encoding="utf-8")))
    assert set(documented) == {known.name.upper() for known in fields(Settings)}
    for known in fields(Settings):
        shown = documented[known.name.upper()].strip().strip("`")
        default = str(int(known.default)) if isinstance(known.default, bool) else str(known.default)
        assert shown == default.replace(str(ROOT), "…"), known.name


@pytest.mark.parametrize(("name", "value", "words"), [
    ("PORT", "eight", "PORT: a whole number"),
    ("PORT", "0", "PORT: at least 1"),
    ("PORT", "99999", "PORT: at most 65535"),
    ("EVIDENCE_URL", "ftp://x/y", "EVIDENCE_URL: must begin with"),
    ("DEMO", "maybe", "DEMO: 0 or 1"),
    ("DATABASE_URL", "mysql://x/y", "DATABASE_URL: must begin with"),
    ("CLOCK_SHIFT_DAYS", "-3", "CLOCK_SHIFT_DAYS: only together with DEMO=1"),
    ("MAX_ROUND_MB", "1", "MAX_ROUND_MB: smaller than MAX_FILE_MB"),
])
def test_a_wrong_setting_is_named(name, value, words):
    with pytest.raises(SettingsError, match=re.escape(words)):
        read(**{name: value})


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(SettingsError) as wrong:
        read(PORT="x", WORKERS="-1", DATABASE_URL="x")
    assert all(name in str(wrong.value) for name in ("PORT", "WORKERS", "DATABASE_URL"))


@pytest.mark.parametrize("secret", ["", "short", "x" * 40, "change-me-change-me-change-me-change-me", "dev" * 20])
def test_a_production_start_wants_a_secret_of_its_own(secret):
    with pytest.raises(SettingsError, match="SECRET_KEY"):
        read(SECRET_KEY=secret).secret_to_serve_with()


def test_a_good_secret_is_taken():
    assert read(SECRET_KEY="kq7-Zx2_" * 5).secret_to_serve_with() == "kq7-Zx2_" * 5


def test_a_command_with_a_wrong_setting_ends_with_its_name_and_status_2():
    done = subprocess.run(
        [sys.executable, "-m", "flask", "audit", "verify"], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env=os.environ | {"PORT": "eight"},
    )
    assert done.returncode == 2
    assert "PORT: a whole number" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["flask", "serve"], ["gunicorn", "wsgi:application", "--bind", "127.0.0.1:0"]])
def test_the_real_start_ends_at_once_with_words_and_makes_nothing(command, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name not in ("SECRET_KEY", "DEMO")}
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, timeout=60,
        env=environment | {"DATABASE_URL": f"sqlite:///{tmp_path}/new.db", "SECRET_KEY": "secret"},
    )
    assert done.returncode != 0
    assert "SECRET_KEY" in done.stdout + done.stderr
    assert not list(tmp_path.iterdir())
