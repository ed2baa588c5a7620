"""The mail server over TLS, with and without a name it can prove, and with a password: nothing goes out in clear."""

import datetime
import ipaddress
import ssl
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adapters.mail_templates import write_letter
from adapters.mailer import Mailer, MailRefused, MailUnavailable
from runtime.settings import Settings
from tests.stubs.smtp import Fault, smtp_stub

PASSWORD = "Courrier2026!"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "server.pem"
    path.write_bytes(secret + built.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate that this process believes."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def mailer_to(port: int, tls: str, *, username: str | None = None, sender: str = "talentflow@example.com") -> Mailer:
    return Mailer(
        Settings(
            _env_file=None,
            embedded=True,
            database_url="postgresql+psycopg://nowhere",
            jwt_secret="unused",
            secrets_key="unused",
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_tls=tls,
            smtp_username=username,
            smtp_password=PASSWORD,
            smtp_from=sender,
        )
    )


async def post(mailer: Mailer) -> None:
    letter = write_letter("submitted", first_name="Claire")
    await mailer.send(mailer.compose(letter, "claire.fontaine@example.fr", uuid4()))


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_server_with_a_good_name_gets_the_mail_sealed(trusted: Path, tls: str) -> None:
    context = serving(trusted)
    async with smtp_stub("STARTTLS", "AUTH PLAIN", context=context, implicit_tls=tls == "tls") as stub:
        await post(mailer_to(stub.port, tls, username="talentflow"))
        assert len(stub.accepted) == 1
        assert stub.accepted[0].secure
        assert [command.split()[0] for command in stub.heard if command.startswith("AUTH")] == ["AUTH"]
        sealed_from = 0 if tls == "tls" else stub.heard.index("STARTTLS")
        assert not any(command.startswith(("AUTH", "MAIL")) for command in stub.heard[:sealed_from])


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_server_that_cannot_prove_its_name_gets_nothing(certificate: Path, tls: str) -> None:
    context = serving(certificate)
    async with smtp_stub("STARTTLS", context=context, implicit_tls=tls == "tls") as stub:
        with pytest.raises(MailUnavailable):
            await post(mailer_to(stub.port, tls))
        assert not any(command.startswith("MAIL") for command in stub.heard)


async def test_a_server_without_starttls_gets_nothing() -> None:
    async with smtp_stub("AUTH PLAIN") as stub:
        with pytest.raises(MailRefused, match="n'offre pas le chiffrement"):
            await post(mailer_to(stub.port, "starttls", username="talentflow"))
        assert not any(command.startswith(("AUTH", "MAIL")) for command in stub.heard)


async def test_a_server_that_takes_no_password_gets_nothing() -> None:
    async with smtp_stub() as stub:
        with pytest.raises(MailRefused, match="l'authentification"):
            await post(mailer_to(stub.port, "none", username="talentflow"))
        assert not any(command.startswith("MAIL") for command in stub.heard)


@pytest.mark.parametrize(("answer", "failure"), [("535 no", MailRefused), ("454 later", MailUnavailable)])
async def test_a_password_is_refused_for_good_or_for_now(answer: str, failure: type[Exception]) -> None:
    async with smtp_stub("AUTH PLAIN") as stub:
        stub.script(Fault("AUTH", answer))
        with pytest.raises(failure, match=f"a répondu {answer[:3]}"):
            await post(mailer_to(stub.port, "none", username="talentflow"))
        assert not stub.accepted


@pytest.mark.parametrize(
    "sender", ["talentflow", " ", "a@example.com, b@example.com", "été@example.com", "talentflow@"]
)
def test_a_sender_that_is_no_address_stops_the_process_from_starting(sender: str) -> None:
    with pytest.raises(ValueError, match="SMTP_FROM"):
        mailer_to(25, "none", sender=sender)
