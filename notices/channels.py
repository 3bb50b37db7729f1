"""The ways out: SMTP by the standard library, web hooks by apprise. Each sends one message, once, or raises."""

import logging
import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

import apprise

logger = logging.getLogger("taizhang.notices")

# What apprise writes where the robot answered with an error, or could not be reached at all. Anything else, a
# connection that broke or fell silent, leaves open whether the message arrived.
_NOT_ARRIVED = re.compile(r"error=\d|refused|NewConnectionError|NameResolution|ConnectTimeout", re.IGNORECASE)


class Unsent(Exception):
    """It was not taken. `certain` where nothing can have arrived, so that trying again is safe; `final` where
    trying again is of no use."""

    def __init__(self, why: str, *, certain: bool, final: bool = False):
        super().__init__(why)
        self.certain, self.final = certain, final


@dataclass(frozen=True)
class Letter:
    """One message, ready to go. `token` makes its Message-ID; `at` is when the newest of its notices was written."""

    to: str
    subject: str
    text: str
    message_id: int
    token: str
    at: datetime


@dataclass(frozen=True)
class Channel:
    """`send(letter)` returns when it was taken, and raises Unsent otherwise.

    `known_again`: whether the other side tells a repetition from something new. Where it does, a message
    whose fate is not known is sent again; where it does not, it is not: twice would be worse than a
    line in the administrators' list.
    """

    send: Callable[[Letter], None]
    known_again: bool


@dataclass(frozen=True)
class MailServer:
    """What MAIL_URL says: smtp:// (STARTTLS where offered, or demanded with ?tls=1), or smtps://."""

    host: str
    port: int
    user: str
    password: str
    implicit_tls: bool
    demand_tls: bool

    @classmethod
    def parse(cls, url: str) -> "MailServer":
        """Raises ValueError for what is no such address."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("smtp://user:password@host:port or smtps://…")
        implicit = parts.scheme == "smtps"
        return cls(
            parts.hostname, parts.port or (465 if implicit else 25), unquote(parts.username or ""),
            unquote(parts.password or ""), implicit, parse_qs(parts.query).get("tls") == ["1"],
        )


def mail_channel(server: MailServer, sender: str, timeout: float) -> Channel:
    """Mail; `timeout` in seconds, for each step of the conversation."""

    def send(letter: Letter) -> None:
        try:
            with _connect(server, timeout) as connection:
                connection.send_message(_compose(letter, sender))
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(*next(iter(error.recipients.values()))) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unsent(str(error) or type(error).__name__, certain=False) from error

    return Channel(send, known_again=True)


def hook_channel(timeout: float) -> Channel:
    """WeCom, DingTalk, Feishu: whatever apprise knows; the person's address says which."""

    def send(letter: Letter) -> None:
        robot = apprise.Apprise.instantiate(letter.to, suppress_exceptions=True)
        if robot is None:
            raise Unsent("the address is not one that apprise knows", certain=True)
        robot.socket_connect_timeout = robot.socket_read_timeout = timeout
        with apprise.LogCapture(level=logging.DEBUG) as said:
            try:
                taken = robot.notify(body=letter.text, title=letter.subject)
            except Exception as error:  # whatever a plugin raises: the message's fate is not known
                logger.exception("web hook of message %s", letter.message_id)
                raise Unsent(str(error) or type(error).__name__, certain=False) from error
            if not taken:
                raise Unsent("the robot did not take it", certain=bool(_NOT_ARRIVED.search(said.getvalue())))

    return Channel(send, known_again=False)


def _connect(server: MailServer, timeout: float) -> smtplib.SMTP:
    if server.implicit_tls:
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, timeout=timeout, context=ssl.create_default_context()
        )
    else:
        connection = smtplib.SMTP(server.host, server.port, timeout=timeout)
        connection.ehlo()
        if server.demand_tls or connection.has_extn("starttls"):
            connection.starttls(context=ssl.create_default_context())
    if server.user:
        connection.login(server.user, server.password)
    return connection


def _compose(letter: Letter, sender: str) -> EmailMessage:
    """The same bytes at every attempt: the Message-ID is how a mail system knows it again."""
    mail = EmailMessage()
    domain = sender.rsplit("@", 1)[-1].rstrip(">")
    mail["Message-ID"] = f"<{letter.token}@{domain}>"
    mail["Date"] = format_datetime(letter.at)
    mail["From"] = sender
    mail["To"] = str(Address(addr_spec=letter.to))
    mail["Subject"] = letter.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    return mail


def _refused(code: int, words: bytes | str) -> Unsent:
    """What an SMTP server answered: 5xx is for ever, anything else for now."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return Unsent(f"{code} {text}", certain=True, final=500 <= code < 600)
