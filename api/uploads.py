"""The options of an upload: read from form fields and query parameters, checked, and made comparable."""

import hashlib
import json
import math
import os
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from typing import Literal, get_args

from api.errors import invalid
from api.fields import is_storable
from domain.ids import MAX_ID
from workflows.contracts import BATCH, PREMIUM, STANDARD

Priority = Literal["premium", "standard", "batch"]

_KEYS: dict[Priority, int] = {"premium": PREMIUM, "standard": STANDARD, "batch": BATCH}

MAX_OFFERS = 10_000


@dataclass(frozen=True)
class UploadOptions:
    priority: Priority = "standard"
    webhook_url: str | None = None
    webhook_secret: str | None = field(default=None, repr=False)
    candidate_id: int | None = None
    offer_ids: list[int] = field(default_factory=list)

    @property
    def priority_key(self) -> int:
        return _KEYS[self.priority]

    def fingerprint(self, file_digest: str) -> str:
        """Tells a repeated request from another one under the same `Idempotency-Key`; kept, so without the secret."""
        told = {name: value for name, value in asdict(self).items() if name != "webhook_secret"}
        whole = json.dumps({**told, "file": file_digest}, sort_keys=True)
        return hashlib.sha256(whole.encode()).hexdigest()


def read_options(
    *,
    priority: str | None,
    webhook_url: str | None,
    webhook_secret: str | None,
    candidate_id: str | None,
    offer_ids: list[str],
) -> UploadOptions:
    """The options as given, blank meaning absent. Raises 422 naming the field that is wrong."""
    words: tuple[Priority, ...] = get_args(Priority)
    chosen = next((word for word in words if word == (priority or "standard")), None)
    if chosen is None:
        raise invalid("priority", "Priorité inconnue : premium, standard ou batch attendu")
    numbers = [part.strip() for text in offer_ids for part in text.split(",") if part.strip()]
    ids = list(dict.fromkeys(_id("offer_ids", number) for number in numbers))
    if len(ids) > MAX_OFFERS:
        raise invalid("offer_ids", f"Trop d'offres : {MAX_OFFERS} au maximum")
    if webhook_url is not None and (len(webhook_url) > 2000 or not is_storable(webhook_url)):
        raise invalid("webhook_url", "URL de webhook invalide", "webhook_refused")
    return UploadOptions(
        priority=chosen,
        webhook_url=webhook_url or None,
        webhook_secret=webhook_secret if webhook_url and webhook_secret else None,
        candidate_id=_id("candidate_id", candidate_id) if candidate_id else None,
        offer_ids=ids,
    )


def _id(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20 and 1 <= int(text) <= MAX_ID):
        raise invalid(name, "Identifiant invalide : entier positif attendu")
    return int(text)


def display_name(file_name: str | None) -> str:
    """The file's own name, without folders or control characters, as answers and webhooks show it."""
    name = PurePath((file_name or "").replace("\\", "/")).name
    return "".join(c for c in name if c.isprintable())[:255] or "document"


def estimated_wait(waiting: int, median_seconds: float | None, slots: int | None) -> str:
    """How long until a job is taken that so many are taken before, by a worker that reads `slots` documents at once.

    "immédiat", "30s" or "5min"; "indéterminé" while nothing was measured yet.
    """
    if waiting == 0:
        return "immédiat"
    if median_seconds is None:
        return "indéterminé"
    seconds = math.ceil(waiting / (slots or os.cpu_count() or 1)) * max(median_seconds, 0.1)
    return f"{math.ceil(seconds)}s" if seconds < 120 else f"{math.ceil(seconds / 60)}min"
