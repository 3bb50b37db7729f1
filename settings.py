"""Every setting, read from the environment (a `.env` file beside this one is read first) and checked at start.

docs/settings.md lists them for operators; a test keeps the two together.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent
LOCAL = ROOT / "local"
SECRET_LEAST = 32
DIFFERENT_SIGNS = 8  # one letter forty times is no secret
# Secrets that stand in documents and examples, and so are no secrets.
KNOWN_SECRETS = ("change-me", "changeme", "secret", "dev", "default")


class SettingsError(Exception):
    """One or more settings will not do; the message names each."""


def _setting(default: Any, about: str, *, least: int | None = None, most: int | None = None):
    return field(default=default, metadata={"about": about, "least": least, "most": most})


@dataclass(frozen=True)
class Settings:
    """Names here in lower case are the environment's in upper case."""

    database_url: str = _setting(
        f"sqlite:///{LOCAL / 'taizhang.db'}", "Database: sqlite:///file, or postgresql+psycopg://user:password@host/name"
    )
    evidence_url: str = _setting(
        f"file://{LOCAL / 'evidence'}",
        "Where evidence files are kept: file:///folder, or s3://bucket/prefix?endpoint=https://host&region=name"
        "&style=path|virtual (docs/evidence.md)",
    )
    evidence_key: str = _setting("", "S3 store: the access key")
    evidence_secret: str = _setting("", "S3 store: the secret of that key")
    evidence_target_key: str = _setting(
        "", "flask evidence migrate: the access key of an S3 target, where it is another than EVIDENCE_KEY"
    )
    evidence_target_secret: str = _setting("", "flask evidence migrate: the secret of that key")
    signed_seconds: int = _setting(
        0, "S3 store: downloads go to a signed address that holds for so many seconds; 0: through the application",
        least=0,
    )
    preview_folder: str = _setting(
        str(LOCAL / "previews"), "Where pictures of evidence are kept for showing; may be emptied at any time"
    )
    upload_folder: str = _setting(
        str(LOCAL / "uploads"), "Where files lie while they are being sent in pieces; may be emptied at any time"
    )
    clamd_url: str = _setting(
        "", "Virus scanner (clamd): tcp://host:port or unix:///socket; without it files are not scanned"
    )
    secret_key: str = _setting("", f"Signs cookies; at least {SECRET_LEAST} random characters")
    demo: bool = _setting(False, "1: demonstration accounts, and a secret made on the spot. Never in production")
    clock_shift_days: int = _setting(
        0, "Demonstration only: by how many days the ledger's clock is moved (-2922: eight years back)"
    )
    host: str = _setting("127.0.0.1", "Address to listen on")
    port: int = _setting(8000, "Port to listen on", least=1, most=65535)
    workers: int = _setting(2, "Server processes", least=1)
    threads: int = _setting(4, "Threads in each server process", least=1)
    proxies: int = _setting(0, "Trusted reverse proxies in front; their X-Forwarded-* headers are believed", least=0)
    secure_cookies: bool = _setting(True, "0 only where the ledger is served without TLS")
    idle_minutes: int = _setting(30, "A sign-in ends after so many minutes without a request", least=1)
    sign_in_hours: int = _setting(12, "A sign-in ends after so many hours in any case", least=1)
    sign_in_failures: int = _setting(5, "Failed sign-ins of one name from one address borne within 15 minutes", least=1)
    sign_in_failures_elsewhere: int = _setting(
        50, "The same of one name from all addresses, and of all names from one address", least=1
    )
    near_days: int = _setting(30, "A deadline this many days away is shown as near (yellow)", least=0)
    behind_points: int = _setting(10, "So many points behind the straight line to its deadline: yellow", least=1)
    far_behind_points: int = _setting(30, "More than so many points behind the straight line: red", least=1)
    review_days: int = _setting(5, "Working days that a reviewer may hold a milestone before its clock is red", least=1)
    decide_days: int = _setting(10, "The same for the management committee", least=1)
    rank_units: bool = _setting(
        False, "1: units stand in the order of their share signed off, and of their points, with their places"
    )
    answer_days: int = _setting(5, "Working days that a supporting unit has to answer", least=1)
    draft_lock_minutes: int = _setting(30, "Minutes that one of several leads has a draft to itself", least=1)
    extension_head_days: int = _setting(
        90, "An extension by more days than this is for the committee's head to decide", least=1
    )
    extensions_without_head: int = _setting(
        1, "So many extensions of one milestone are decided without the committee's head", least=0
    )
    mail_url: str = _setting(
        "", "Mail server: smtp://user:password@host:port (add ?tls=1 to demand STARTTLS) or smtps://…; none, no mail"
    )
    mail_from: str = _setting("", "Sender of the ledger's mail, as name@example.org; needed with MAIL_URL")
    hook_kinds: str = _setting(
        "wecombot,dingtalk,feishu", "Kinds of group robot that people may enter, as apprise names them; none, no robots"
    )
    site_url: str = _setting("", "The ledger's own address as people reach it, https://…; stands in mails")
    digest_hour: int = _setting(8, "Hour (0 to 23, China) at which a working day's digest goes out", least=0)
    delivery_lease_seconds: int = _setting(
        300, "A worker that has not marked a message after so long is taken for dead", least=5
    )
    max_file_mb: int = _setting(50, "Largest evidence file, in MB (1,048,576 bytes)", least=1)
    max_round_mb: int = _setting(200, "Largest sum of the files of one round, in MB", least=1)
    document_font: str = _setting(
        "", "A TrueType or OpenType font file with more signs than the ledger's own, for PDF documents; none, rare "
        "signs are set as 〓"
    )
    max_round_pieces: int = _setting(60, "Most pieces of evidence in one round", least=1)

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """The settings of this process. Raises SettingsError naming everything that is wrong."""
        if environment is None:
            environment = {**{k: v for k, v in dotenv_values(ROOT / ".env").items() if v is not None}, **os.environ}
        values, wrong = {}, []
        for known in fields(cls):
            raw = environment.get(known.name.upper())
            if raw is None or raw == "":
                continue
            try:
                values[known.name] = _parse(known, raw.strip())
            except ValueError as error:
                wrong.append(f"{known.name.upper()}: {error}")
        settings = cls(**values)
        wrong += settings._contradictions()
        if wrong:
            raise SettingsError("; ".join(wrong))
        return settings

    def _contradictions(self) -> list[str]:
        wrong = []
        if not self.database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
            wrong.append("DATABASE_URL: must begin with sqlite:/// or postgresql+psycopg://")
        if self.clock_shift_days and not self.demo:
            wrong.append("CLOCK_SHIFT_DAYS: only together with DEMO=1")
        if not self.evidence_url.startswith(("file:///", "s3://")):
            wrong.append("EVIDENCE_URL: must begin with file:/// or s3://")
        if self.signed_seconds > 7 * 86400:
            wrong.append("SIGNED_SECONDS: at most a week, as S3 has it")
        if self.mail_url and not self.mail_url.startswith(("smtp://", "smtps://")):
            wrong.append("MAIL_URL: must begin with smtp:// or smtps://")
        if self.mail_url and "@" not in self.mail_from:
            wrong.append("MAIL_FROM: needed with MAIL_URL")
        if self.digest_hour > 23:
            wrong.append("DIGEST_HOUR: at most 23")
        if self.document_font and not Path(self.document_font).is_file():
            wrong.append(f"DOCUMENT_FONT: there is no file {self.document_font}")
        if self.max_round_mb < self.max_file_mb:
            wrong.append("MAX_ROUND_MB: smaller than MAX_FILE_MB")
        return wrong

    def secret_to_serve_with(self) -> str:
        """The key to sign cookies with. Raises SettingsError where a production start has none worth the name.

        A demonstration makes its own once and keeps it, so that a second start knows the same sign-ins.
        """
        if self.secret_key:
            plain = len(set(self.secret_key)) < DIFFERENT_SIGNS
            if self.secret_key.lower().startswith(KNOWN_SECRETS) or len(self.secret_key) < SECRET_LEAST or plain:
                raise SettingsError(f"SECRET_KEY: at least {SECRET_LEAST} random characters, not an example's")
            return self.secret_key
        if not self.demo:
            raise SettingsError(
                'SECRET_KEY is missing: make one with  python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
        kept = LOCAL / "demonstration-secret"
        if not kept.exists():
            LOCAL.mkdir(exist_ok=True)
            kept.write_text(secrets.token_urlsafe(48))
            kept.chmod(0o600)
        return kept.read_text()

    @property
    def hooks(self) -> tuple[str, ...]:
        return tuple(kind.strip().lower() for kind in self.hook_kinds.split(",") if kind.strip())

    @property
    def clock_shift(self) -> timedelta:
        return timedelta(days=self.clock_shift_days)


def _parse(known, raw: str):
    if known.type is bool:
        if raw.lower() not in ("0", "1", "false", "true", "no", "yes"):
            raise ValueError("0 or 1")
        return raw.lower() in ("1", "true", "yes")
    if known.type is int:
        try:
            number = int(raw)
        except ValueError:
            raise ValueError("a whole number") from None
        least = known.metadata["least"]
        if least is not None and number < least:
            raise ValueError(f"at least {least}")
        most = known.metadata["most"]
        if most is not None and number > most:
            raise ValueError(f"at most {most}")
        return number
    return raw

