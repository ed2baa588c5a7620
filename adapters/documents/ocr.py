"""Text of scanned pages by the tesseract program, in French and English."""

import os
import shutil
import subprocess

LANGUAGES = ("fra", "eng")
PAGE_SECONDS = 60


def ocr_languages() -> str | None:
    """The languages tesseract has among `LANGUAGES`, as its `-l` option wants them; None if it cannot be used."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    listed = subprocess.run(  # noqa: S603 - a program found on the operator's path
        [program, "--list-langs"], stdin=subprocess.DEVNULL, capture_output=True, timeout=PAGE_SECONDS, check=False
    )
    installed = listed.stdout.decode("utf-8", "replace").split()
    return "+".join(language for language in LANGUAGES if language in installed) or None


def recognise(image_png: bytes, languages: str) -> str | None:
    """The text on a picture of a page, columns in order; None if tesseract failed or took over `PAGE_SECONDS`."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - a program found on the operator's path
            [program, "stdin", "stdout", "-l", languages, "--dpi", "300"],
            input=image_png,
            capture_output=True,
            timeout=PAGE_SECONDS,
            check=False,
            # One core a document: the reading slots share the machine.
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else None
