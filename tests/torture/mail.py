"""The mail server of the fault run, and whether what arrived is what people were to be told."""

import email
import email.policy
from collections import Counter
from contextlib import contextmanager

from sqlalchemy import func, select

from models import Carried, Contact, Database, Message, Notice
from tests.servers.mail import serving_mail
from tests.torture.acts import Violation

SENDER = "ledger@example.org"


class Mailbox:
    """Takes every mail."""

    def __init__(self):
        self.mails: list[bytes] = []
        self.url = ""

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.mails.append(envelope.content)
        return "250 OK"


@contextmanager
def mail_server():
    box = Mailbox()
    with serving_mail(box) as box.url:
        yield box


def check_mail(database: Database, box: Mailbox, kills: int, *, all_out: bool) -> int:
    """Raises Violation where a mail is lost, or came twice unrecognisably; how many came again with their number.

    `kills` is how often a worker's work was cut off in this ledger: so many mails at most may have come again.
    `all_out`: nothing may be waiting any more.
    """
    came = Counter()
    bodies: dict[str, set[bytes]] = {}
    for content in box.mails:
        number = str(email.message_from_bytes(content, policy=email.policy.default)["Message-ID"])
        came[number] += 1
        bodies.setdefault(number, set()).add(content)
    with database.reading() as session:
        messages = session.execute(select(Message.state, Message.token, Message.error)).all()
        unrouted = session.scalar(select(func.count()).where(Notice.routed_at.is_(None)))
        wanted = session.scalar(
            select(func.count()).select_from(Notice).join(Contact, Contact.account_id == Notice.account_id)
            .where(Notice.routed_at.is_not(None))
        )
        carried = session.scalar(select(func.count()).select_from(Carried))
    numbers = {f"<{it.token}@example.org>": it for it in messages}
    _hold(set(came) <= set(numbers), "a mail came that the ledger does not know")
    for number, it in numbers.items():
        _hold(it.state != Message.SENT or came[number], "a mail is marked as sent and did not come")
        _hold(it.state in (Message.WAITING, Message.SENDING, Message.SENT), f"a mail ended as {it.state}: {it.error}")
        _hold(not all_out or it.state == Message.SENT, f"a mail is still {it.state}")
    _hold(all(len(it) == 1 for it in bodies.values()), "a mail came again with other words")
    _hold(carried == wanted, f"{wanted} notices were to go out by mail, {carried} are carried")
    _hold(not all_out or not unrouted, f"{unrouted} notices were not routed")
    again = sum(came.values()) - len(came)
    _hold(again <= kills, f"{again} mails came again, and only {kills} times was anything killed")
    return again


def _hold(true: bool, words: str) -> None:
    if not true:
        raise Violation(words)
