"""The access token of France Travail: one for the process, made anew before it ends, by one request at a time."""

import asyncio
import re
from datetime import timedelta

from pydantic import SecretStr

from adapters.job_sources.errors import SourceFailure
from adapters.job_sources.http import Answer, Clock, SourceHttp, failure_of

SCOPE = "api_offresdemploiv2 o2dsoffre"
MARGIN_SECONDS = 60
"""How long before its end a token is replaced; half of its life when that is shorter."""

_TOKEN = re.compile(r"[\x21-\x7e]+")
_REFUSED = "identifiants erronés, ou licence de réutilisation non acceptée"


class FranceTravailTokens:
    """Makes tokens of this client's credentials at `url`."""

    def __init__(
        self, http: SourceHttp, url: str, client_id: SecretStr, client_secret: SecretStr, clock: Clock
    ) -> None:
        self._http = http
        self._url = url
        self._client_id = client_id
        self._client_secret = client_secret
        self._clock = clock
        self._token: str | None = None
        self._renew_at = clock()
        self._minting: asyncio.Task[str] | None = None

    async def current(self) -> str:
        """A token that has not ended yet. Raises `SourceFailure`; `auth_failed` for credentials that are refused."""
        if self._token is None or self._clock() >= self._renew_at:
            return await self._mint_once()
        return self._token

    async def replace(self, refused: str) -> str:
        """A token other than the refused one, as `current`."""
        if self._token == refused:
            self._token = None
        return await self.current()

    async def _mint_once(self) -> str:
        """Callers that come while a token is being made share it, or its failure."""
        if self._minting is None:
            self._minting = asyncio.create_task(self._mint())
            self._minting.add_done_callback(self._minted)
        return await asyncio.shield(self._minting)

    def _minted(self, task: asyncio.Task[str]) -> None:
        self._minting = None
        if not task.cancelled():
            task.exception()  # seen here, should every caller have gone meanwhile

    async def _mint(self) -> str:
        asked_at = self._clock()
        answer = await self._http.post_form(
            self._url,
            {
                "grant_type": "client_credentials",
                "client_id": self._client_id.get_secret_value(),
                "client_secret": self._client_secret.get_secret_value(),
                "scope": SCOPE,
            },
        )
        if answer.status in (400, 401, 403) and answer.is_json:
            raise SourceFailure("auth_failed", _REFUSED)
        failure = failure_of(answer)
        if failure is not None:
            raise failure
        token, seconds = _read(answer)
        self._token = token
        self._renew_at = asked_at + timedelta(seconds=max(seconds - MARGIN_SECONDS, seconds / 2))
        return token


def _read(answer: Answer) -> tuple[str, float]:
    """The token and the seconds of its life."""
    body = answer.json()
    if isinstance(body, dict):
        token, seconds = body.get("access_token"), body.get("expires_in")
        if isinstance(seconds, str) and seconds.isdecimal():
            seconds = int(seconds)
        if isinstance(token, str) and _TOKEN.fullmatch(token) and isinstance(seconds, int | float) and seconds > 0:
            return token, min(float(seconds), 86_400.0)
    raise SourceFailure("bad_payload")
