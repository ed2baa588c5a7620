"""Handing mails to the SMTP server, one dialogue each, knowing at every point whether it may have accepted the mail."""

import asyncio
import re
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as ASCII_WIRE
from email.policy import SMTPUTF8 as UTF8_WIRE
from email.utils import getaddresses, localtime
from uuid import UUID

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from adapters.mail_templates import Letter
from runtime.settings import Settings

OPENING_SECONDS = 10
"""From connecting to the word that the server is ready for the content."""

ANSWER_SECONDS = 12
"""What the server may take to say that it has the mail. With the opening and the goodbye it stays below 25 s."""

GOODBYE_SECONDS = 1

# Without encoded words (=?…?=), which a header would decode.
_ADDRESS = re.compile(r'(?!.*=\?)([^\s@<>()\[\]\\,;:"]+)@([^\s@<>()\[\]\\,;:"]+)')
_MAX_ADDRESS = 254
_LEADING_DOT = re.compile(rb"(?m)^\.")
_READY_FOR_CONTENT = 354


class MailFailure(Exception):
    """The server's word for the mail is missing. The message says why, in French, and quotes nobody."""


class MailUnavailable(MailFailure):
    """The server has not accepted the mail, and may do so later."""


class MailRefused(MailFailure):
    """The server will not have this mail, or not in the way in which we may send it."""


class MailUncertain(MailFailure):
    """The mail was handed over and no answer came: the server may or may not have accepted it."""


class Mailer:
    """The server that `SMTP_HOST` names, and the sender `SMTP_FROM`. Raises `ValueError` for a sender that is none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tls = None if settings.smtp_tls == "none" else ssl.create_default_context()
        self._sender = _sender(settings.smtp_from)

    def compose(self, letter: Letter, address: str, notification_id: UUID) -> EmailMessage:
        """The mail to this address; its Message-ID is the notification's. Raises `MailRefused` for a bad address."""
        found = _ADDRESS.fullmatch(address)
        if found is None or len(address) > _MAX_ADDRESS or not address.isprintable():
            raise MailRefused("Adresse électronique invalide")
        message = EmailMessage(policy=UTF8_WIRE)
        message["Subject"] = letter.subject
        message["From"] = self._sender
        message["To"] = Address(username=found[1], domain=found[2])
        message["Date"] = localtime()
        message["Message-ID"] = f"<notification-{notification_id}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text, cte="quoted-printable")
        message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
        return message

    async def send(self, message: EmailMessage) -> None:
        """Return once the server has accepted the mail. Raises `MailFailure`, one of the three, in less than 25 s."""
        client = SMTP(
            hostname=self._settings.smtp_host,
            port=self._settings.smtp_port,
            username=self._settings.smtp_username,
            password=self._settings.smtp_password.get_secret_value() if self._settings.smtp_password else None,
            use_tls=self._settings.smtp_tls == "tls",
            start_tls=self._settings.smtp_tls == "starttls",
            tls_context=self._tls,
            local_hostname=self._sender.domain,  # the machine's own name may take the resolver seconds, and tells of us
            timeout=OPENING_SECONDS,
        )
        failure: MailFailure | None
        try:
            try:
                async with asyncio.timeout(OPENING_SECONDS):
                    content = await self._open(client, message)
            except (SMTPException, OSError, ValueError) as error:  # a time-out is an OSError too
                failure = _before_content(error)
            else:
                failure = await _hand_over(client, content)
                if failure is None:
                    with suppress(SMTPException, OSError):  # accepted: nothing that follows changes it
                        await client.quit(timeout=GOODBYE_SECONDS)
        finally:
            client.close()
        if failure is not None:
            raise failure  # outside the except block: the server's words may quote the address

    async def _open(self, client: SMTP, message: EmailMessage) -> bytes:
        """The dialogue up to the content; answers the content as this server takes it."""
        await client.connect()
        recipient: str = message["To"].addresses[0].addr_spec
        if recipient.isascii():
            await client.mail(self._sender.addr_spec)
            await client.rcpt(recipient)
            content = message.as_bytes(policy=ASCII_WIRE)
        else:
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
            if not client.supports_extension("SMTPUTF8"):
                raise MailRefused("Le serveur de messagerie n'accepte que les adresses sans accents")
            await client.mail(self._sender.addr_spec, options=["SMTPUTF8"])
            await client.rcpt(recipient, encoding="utf-8")
            content = message.as_bytes(policy=UTF8_WIRE)
        # The command apart from the content, unlike in `SMTP.data`: a server lost in between has accepted nothing.
        answer = await client.execute_command(b"DATA")
        if answer.code != _READY_FOR_CONTENT:
            raise SMTPResponseException(answer.code, answer.message)
        return content


def _sender(text: str) -> Address:
    """The one address in `text`, which may come with a name: `Talentflow <talentflow@example.com>`."""
    addresses = getaddresses([text])
    name, address = addresses[0] if len(addresses) == 1 else ("", "")
    found = _ADDRESS.fullmatch(address)
    if found is None or not address.isascii():
        raise ValueError("SMTP_FROM must be one address in ASCII")
    return Address(name, found[1], found[2])


def _before_content(error: Exception) -> MailFailure:
    """What an error means as long as the server has nothing that it could have accepted."""
    if isinstance(error, SMTPResponseException):
        return _answered(error.code)
    if isinstance(error, OSError):
        return MailUnavailable("Serveur de messagerie injoignable")
    # What is left is what the server does not offer. Nothing is ever sent in clear instead.
    return MailRefused("Le serveur de messagerie n'offre pas le chiffrement ou l'authentification exigés")


def _answered(code: int) -> MailFailure:
    if 500 <= code < 600:
        return MailRefused(f"Le serveur de messagerie a répondu {code}")
    if 400 <= code < 500:
        return MailUnavailable(f"Le serveur de messagerie a répondu {code}")
    return MailUnavailable("Réponse incompréhensible du serveur de messagerie")


async def _hand_over(client: SMTP, content: bytes) -> MailFailure | None:
    """Send the content; None once the server has accepted it."""
    protocol = client.protocol
    if protocol is None or not protocol.is_connected:
        return MailUnavailable("Serveur de messagerie injoignable")
    protocol.write(_LEADING_DOT.sub(b"..", content) + b".\r\n")
    code = 0
    with suppress(SMTPException, OSError):  # lost, silent or garbled: no answer either way
        code = (await protocol.read_response(timeout=ANSWER_SECONDS)).code
    if 200 <= code < 300:
        return None
    if 400 <= code < 600:
        return _answered(code)
    return MailUncertain("Envoi interrompu : le message est peut-être parti")
