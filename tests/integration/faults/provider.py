"""A model's provider on this machine: what it says of a CV, and the settings that lead to it."""

import json
from typing import Any

from werkzeug import Response

from tests.integration.faults.receiver import Answer, Receiver

CHAT = "/v1/chat/completions"
PROFILE: dict[str, Any] = {
    "personal_info": {"name": "Claire Fontaine", "email": "claire.fontaine@example.fr", "city": "Lyon"},
    "position": "Développeuse Python",
    "skills": [{"name": "Python", "category": "technical"}],
    "experience": [{"title": "Développeuse backend", "company": "Atelier Numérique", "start_date": "2020-01"}],
}


def says(text: str) -> Answer:
    """A completion with this content, which cost 100 tokens and made 10."""
    message = {"role": "assistant", "content": text}
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "stub-model",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110},
    }
    return lambda _request: Response(json.dumps(body), content_type="application/json")


def leading_to(provider: Receiver) -> dict[str, Any]:
    """The settings that lead to this provider."""
    return {"cv_extractor": "openai", "openai_base_url": provider.script("/v1"), "openai_api_key": "k"}
