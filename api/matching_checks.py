"""Whether a caller may have these pairs scored: candidates they see, offers that may be matched, a parse of theirs."""

from uuid import UUID

from adapters.webhooks import AddressRefused
from api.errors import ApiError, forbidden, invalid, not_found
from api.routers.candidates import visible_candidate
from api.security import Caller
from api.state import State
from api.visibility import visible_among
from db import candidates, cv_jobs, offers
from db.tables import Candidate


async def check_parse(parts: State, parse_id: UUID | None, candidate: Candidate, caller: Caller) -> None:
    """The parse waited for must be the caller's and this candidate's; without one the candidate needs a profile."""
    if parse_id is None:
        if candidate.profile is None:
            raise ApiError(409, "no_profile", f"Le candidat {candidate.id} n'a pas de profil")
        return
    async with parts.database.transaction() as session:
        job = await cv_jobs.get_job(session, parse_id)
    if job is None or job.erased_at is not None or not caller.owns(job.owner):
        raise not_found(f"Aucun job ou résultat trouvé pour l'ID: {parse_id}", "job_not_found")
    if job.candidate_id not in (None, candidate.id) or job.linked_candidate_id not in (None, candidate.id):
        raise invalid("depends_on", "Ce CV a été déposé pour un autre candidat", "other_candidate")
    if job.linked_candidate_id is None and not caller.holds(candidate):
        raise forbidden()


async def check_candidates(parts: State, candidate_ids: list[int], depends_on: UUID | None, caller: Caller) -> None:
    """Every candidate must be one that the caller sees; a 404 lists the others."""
    async with parts.database.transaction() as session:
        found = await candidates.access_by_id(session, candidate_ids)
        visible = await visible_among(session, found, caller)
    unknown = [c for c in candidate_ids if c not in visible]
    if unknown:
        raise not_found("Candidats introuvables", "candidates_not_found", ids=unknown)
    if len(candidate_ids) == 1:
        await check_parse(parts, depends_on, await visible_candidate(parts, candidate_ids[0], caller), caller)


async def check_offers(parts: State, offer_ids: list[int]) -> None:
    """Every offer must be one that may be matched; a 404 lists the others."""
    async with parts.database.transaction() as session:
        unknown = await offers.unknown_offers(session, offer_ids)
    if unknown:
        raise not_found("Offres introuvables", "offers_not_found", ids=unknown)


async def check_webhook(parts: State, url: str | None) -> None:
    if url is not None:
        try:
            await parts.webhooks.check(url)
        except AddressRefused as error:
            raise invalid("webhook_url", str(error), "webhook_refused") from None
