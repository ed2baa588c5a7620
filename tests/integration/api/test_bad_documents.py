"""Documents that only a worker can refuse: the job fails with a clear message, and its neighbours go on."""

import asyncio
import os
from collections.abc import Generator
from pathlib import Path

import httpx
from reportlab.lib.pdfencrypt import StandardEncryption

from adapters.documents.sandbox import MEMORY_BYTES
from tests.integration.api.calls import CV, accepted
from tests.unit.documents.document_samples import MAIN, column, rewritten, write_docx, write_pdf
from tests.waiting import settled, until

BAD_PDF = "Document PDF corrompu ou protégé par mot de passe"
LINE = [(50.0, 50.0, "Ana Durand")]


def unchanged(_name: str, data: bytes) -> bytes:
    return data


def a_docx(path: Path) -> Path:
    return write_docx(path, lambda document: document.add_paragraph("Ana Durand"))


def limits_of_children() -> Generator[int]:
    """The address space, in bytes, that each limited descendant of this process may take."""
    waiting = [os.getpid()]
    while waiting:
        pid = waiting.pop()
        try:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                waiting += map(int, children.read_text().split())
            limits = Path(f"/proc/{pid}/limits").read_text().splitlines()
        except OSError:  # it has ended
            continue
        space = next(line.split()[3] for line in limits if line.startswith("Max address space"))
        if space != "unlimited":
            yield int(space)


async def test_unreadable_documents_fail_with_the_reason(recruiter: httpx.AsyncClient, tmp_path: Path) -> None:
    sealed = write_pdf(tmp_path / "sealed.pdf", column(MAIN, 50), encrypt=StandardEncryption("secret", canPrint=0))
    cut = write_pdf(tmp_path / "cut.pdf", column(MAIN, 50))
    cut.write_bytes(cut.read_bytes()[:300])
    long = write_pdf(tmp_path / "long.pdf", *[LINE] * 51)
    blank = write_pdf(tmp_path / "blank.pdf", [])
    inflated = rewritten(a_docx(tmp_path / "zeros.docx"), unchanged, **{"word/media/image1.bmp": bytes(45_000_000)})
    entities = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cccc">]><a>&b;</a>'
    declared = rewritten(a_docx(tmp_path / "doctype.docx"), unchanged, **{"word/extra.xml": entities})
    spaces = tmp_path / "spaces.txt"
    spaces.write_text(" \n\t\n" * 100)
    expected = {
        sealed: BAD_PDF,
        cut: BAD_PDF,
        long: "51 pages",
        blank: "Aucun texte lisible",
        inflated: "anormalement volumineux",
        declared: "DOCTYPE",
        spaces: "Aucun texte lisible",
    }
    jobs = [(await accepted(recruiter, path.read_bytes(), path.name))["job_id"] for path in expected]
    ends = await asyncio.gather(*(settled(recruiter, job) for job in jobs))
    for end, (path, message) in zip(ends, expected.items(), strict=True):
        assert end.keys() == {"job_id", "status", "error", "failed_at"}, (path, end)
        assert end["status"] == "failed"
        assert message in end["error"]
    assert ends[0]["error"] == ends[1]["error"] == BAD_PDF


async def test_a_text_that_is_no_cv_gives_nothing_invented(recruiter: httpx.AsyncClient) -> None:
    job = (await accepted(recruiter, "lorem ipsum dolor sit amet\n" * 3))["job_id"]
    data = (await settled(recruiter, job))["result"]["data"]
    info = data["personal_info"]
    assert [info[name] for name in ("email", "phone", "city")] == [None, None, None]
    assert [data[name] for name in ("skills", "languages", "experience", "education", "certifications")] == [[]] * 5
    assert data["total_experience_months"] == 0


async def test_a_bomb_past_the_gates_holds_up_nobody(recruiter: httpx.AsyncClient, tmp_path: Path) -> None:
    """Many runs in one paragraph: within every cheap limit, and many seconds of work."""

    def grown(name: str, data: bytes) -> bytes:
        runs = b"<w:r><w:t>ab</w:t></w:r>" * 11_500
        return data.replace(b"<w:sectPr", b"<w:p>" + runs + b"</w:p><w:sectPr") if name == "word/document.xml" else data

    path = rewritten(a_docx(tmp_path / "cv.docx"), grown, noise=b"noise" + os.urandom(200_000))
    bomb = (await accepted(recruiter, path.read_bytes(), path.name))["job_id"]

    async def limited() -> list[int]:
        return list(limits_of_children())

    assert max(await until(limited)) <= MEMORY_BYTES
    neighbour = (await accepted(recruiter, CV))["job_id"]
    assert (await settled(recruiter, neighbour))["status"] == "done"
    assert (await recruiter.get(f"/api/result/{bomb}")).json()["status"] == "running"
    assert (await recruiter.post(f"/api/queue/{bomb}/cancel")).status_code == 202
    assert (await settled(recruiter, bomb))["status"] == "cancelled"

    async def gone() -> bool:
        return not list(limits_of_children())

    await until(gone)
