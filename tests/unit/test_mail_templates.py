"""What candidates read, whatever their names and the reasons given look like."""

import subprocess
import sys
from pathlib import Path

import pytest

from adapters.mail_templates import Letter, write_letter
from tests.conftest import ROOT

KINDS = ("validated", "rejected", "submitted")


def letter(kind: str = "validated", first_name: str | None = "Zoé", reason: str | None = None) -> Letter:
    return write_letter(kind, first_name=first_name, reason=reason)


@pytest.mark.parametrize(
    ("kind", "subject", "said"),
    [
        ("validated", "Votre profil a été validé – Vous êtes visible aux recruteurs", "votre profil a été validé"),
        ("rejected", "Votre profil n'a pas été retenu", "Nous ne pouvons pas le retenir"),
        ("submitted", "Votre profil a bien été soumis", "Nous avons bien reçu votre profil"),
    ],
)
def test_each_kind_says_what_happened_in_french(kind: str, subject: str, said: str) -> None:
    written = letter(kind)
    assert written.subject == subject
    assert written.text.startswith("Bonjour Zoé,\n")
    assert "Bonjour <bdi>Zoé</bdi>," in written.html
    for body in (written.text, written.html):
        assert said in body
        assert "L'équipe de recrutement" in body
    assert '<html lang="fr">' in written.html


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("missing", [None, "", " \r\n\t"])
def test_nobody_is_called_none(kind: str, missing: str | None) -> None:
    written = letter(kind, missing)
    assert written.text.startswith("Bonjour,\n")
    assert "<p>Bonjour,</p>" in written.html
    assert "None" not in written.text + written.html


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_is_never_markup(kind: str) -> None:
    written = letter(kind, '<img src=x onerror="alert(1)"> & {{ 7 * 7 }}')
    assert "<img" not in written.html
    assert "<bdi>&lt;img src=x onerror=&#34;alert(1)&#34;&gt; &amp; {{ 7 * 7 }}</bdi>" in written.html
    assert written.text.startswith('Bonjour <img src=x onerror="alert(1)"> & {{ 7 * 7 }},\n')


def test_a_name_stays_on_its_line() -> None:
    assert letter(first_name="Zoé\r\nBcc: x@example.com\u2028fin").text.startswith(
        "Bonjour Zoé Bcc: x@example.com fin,"
    )


@pytest.mark.parametrize("name", ["👩🏽‍💻 Léa", "محمد", "Đặng Thị", "O'Brien-Łukasz"])
def test_names_of_any_writing_stay_as_they_are(name: str) -> None:
    written = letter(first_name=name)
    assert written.text.startswith(f"Bonjour {name},\n")
    assert f"<bdi>{name.replace(chr(39), '&#39;')}</bdi>" in written.html


def test_nothing_turns_the_direction_of_the_line_or_controls_a_terminal() -> None:
    assert letter(first_name="Zoé\u202egnp\x1b[31m\x00\ud800").text.startswith("Bonjour Zoégnp[31m,\n")


def test_the_reason_is_quoted_line_by_line() -> None:
    written = letter("rejected", reason="Profil <b>trop court</b> & daté.\r\n\r\nÀ compléter :\n.expérience")
    assert "Motif :\nProfil <b>trop court</b> & daté.\n\nÀ compléter :\n.expérience\n" in written.text
    assert "Profil &lt;b&gt;trop court&lt;/b&gt; &amp; daté.\n\nÀ compléter :\n.expérience</blockquote>" in written.html


def test_without_reason_none_is_announced() -> None:
    assert "Motif" not in letter("rejected").text + letter("rejected").html


def test_only_a_rejection_tells_its_reason() -> None:
    assert "secret" not in letter("validated", reason="secret").text + letter("submitted", reason="secret").html


def test_the_templates_are_found_from_anywhere(tmp_path: Path) -> None:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n" + (
        "from adapters.mail_templates import write_letter; print(write_letter('submitted', first_name=None).text)"
    )
    told = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert told.stdout.startswith("Bonjour,")
