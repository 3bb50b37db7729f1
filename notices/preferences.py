"""How each person wants to be told, and where: read by the worker, set on a page."""

import re
from dataclasses import dataclass

import apprise
from sqlalchemy.orm import Session

from models import Account, Contact, Database, Words
from workflow.actor import Actor, load_actor
from workflow.audit.chain import append
from workflow.errors import Incomplete, NotVisible
from workflow.notice_kinds import TOPICS, topic_of

MAIL, HOOK = "mail", "hook"
CHANNELS: dict[str, Words] = {MAIL: Words("邮件", "Mail"), HOOK: Words("群机器人", "Group robot")}
NOW, DIGEST, OFF = "now", "digest", "off"
MODES: dict[str, Words] = {
    DIGEST: Words("每日汇总", "Daily digest"), NOW: Words("即时", "At once"), OFF: Words("不发送", "Not at all"),
}
USUAL = DIGEST

BAD_MAIL = Words("邮箱地址有误。", "This is not a mail address.")
BAD_HOOK = Words("机器人地址有误：须以 {kinds} 开头。", "This is not a robot's address: it begins with {kinds}.")
# One mailbox, in letters that need no quoting: what mail servers of offices have.
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Wanted:
    """What a person's page says. `choices` holds only what departs from the usual."""

    mail: str
    hook: str
    language: str
    choices: dict[str, dict[str, str]]


def mode_of(contact: Contact | None, kind: str, channel: str) -> str:
    """How this person is told of this kind by this channel; OFF where they have no address for it."""
    if contact is None or not getattr(contact, channel):
        return OFF
    return contact.choices.get(topic_of(kind), {}).get(channel, USUAL)


def contact_of(session: Session, account_id: int) -> Contact:
    """The person's own settings; those of nobody where there are none yet."""
    return session.get(Contact, account_id) or Contact(
        account_id=account_id, mail="", hook="", language="zh", choices={}
    )


def set_contact(database: Database, actor: Actor, wanted: Wanted, hook_kinds: tuple[str, ...]) -> None:
    """Keep a person's settings, with an event in their chain that says what changed, but no address."""
    errors = {}
    if wanted.mail and not _MAILBOX.fullmatch(wanted.mail):
        errors["mail"] = BAD_MAIL
    if wanted.hook and not valid_hook(wanted.hook, hook_kinds):
        errors["hook"] = BAD_HOOK.format(kinds=" / ".join(f"{kind}://" for kind in hook_kinds))
    if errors:
        raise Incomplete(errors)
    choices = _departures(wanted.choices)
    with database.writing() as session:
        own = load_actor(session, actor.account_id, actor.origin)
        account = session.get(Account, actor.account_id, with_for_update=True)
        if own is None or account is None:
            raise NotVisible()
        row = session.get(Contact, account.id)
        if row is None:
            row = Contact(account_id=account.id, mail="", hook="", language="zh", choices={})
            session.add(row)
        changed = [name for name, value in (
            ("mail", wanted.mail), ("hook", wanted.hook), ("language", wanted.language), ("choices", choices),
        ) if getattr(row, name) != value]
        if not changed:
            return
        row.mail, row.hook, row.language, row.choices = wanted.mail, wanted.hook, wanted.language, choices
        append(session, account, own, database.clock(), "contact", detail={"changed": changed})


def valid_hook(address: str, kinds: tuple[str, ...]) -> bool:
    """An address that apprise understands, of one of these kinds: others could reach into the office's own network."""
    if address.split("://", 1)[0].lower() not in kinds or len(address) > 300:
        return False
    return apprise.Apprise.instantiate(address, suppress_exceptions=True) is not None


def _departures(choices: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for topic in TOPICS:
        for channel in CHANNELS:
            mode = choices.get(topic, {}).get(channel, USUAL)
            if mode in MODES and mode != USUAL:
                found.setdefault(topic, {})[channel] = mode
    return found
