"""Strengths: what speaks for a candidate, in French sentences."""

from collections.abc import Iterator, Sequence

from domain.matching import wording
from domain.matching.judgement import Judgement
from domain.matching.prepared import ANY_LEVEL, PreparedCandidate, PreparedOffer, Requirement
from domain.matching.skills import Hit, is_shared

_LIKE_TITLE = 0.75


def strengths_of(candidate: PreparedCandidate, offer: PreparedOffer, found: Judgement) -> list[str]:
    """The criteria that the candidate meets, in the order of their weight."""
    return [
        *_skills("requises", offer.required, found.required),
        *_skills("appréciées", offer.preferred, found.preferred),
        *_experience(offer, found),
        *_education(candidate, offer, found),
        *_title(offer, found),
        *_languages(candidate, offer, found),
        *_preferences(offer, found),
    ]


def _skills(what: str, requirements: tuple[Requirement, ...], hits: Sequence[Hit]) -> Iterator[str]:
    met = [item.written for item, hit in zip(requirements, hits, strict=True) if is_shared(hit)]
    if not met:
        return
    if len(met) == len(requirements) > 1:
        yield f"Toutes les compétences {what} sont au CV : {wording.listed(met)}"
    else:
        yield f"Compétences {what} au CV, {len(met)} sur {len(requirements)} : {wording.listed(met)}"


def _experience(offer: PreparedOffer, found: Judgement) -> Iterator[str]:
    minimum, counted = offer.min_years, found.served.counted_years
    if not minimum or found.served.relevant == 0 or counted < minimum:
        return
    total, relevant = found.served.total / 12, found.served.relevant / 12
    told = f"Expérience de {wording.years(total)}, dont {wording.years(relevant)} dans un poste comparable"
    yield f"{told}, pour {wording.years(minimum)} {'demandé' if minimum < 2 else 'demandés'}"


def _education(candidate: PreparedCandidate, offer: PreparedOffer, found: Judgement) -> Iterator[str]:
    if found.values.education == 1.0 and candidate.education is not None:
        yield f"Niveau d'études {candidate.education}, pour {offer.education} demandé"


def _title(offer: PreparedOffer, found: Judgement) -> Iterator[str]:
    if found.values.title is not None and found.values.title >= _LIKE_TITLE:
        yield f"Poste comparable à « {offer.written_title} » au CV"


def _languages(candidate: PreparedCandidate, offer: PreparedOffer, found: Judgement) -> Iterator[str]:
    if found.values.languages != 1.0:
        return
    spoken = [wording.language(code, candidate.languages.get(code, ANY_LEVEL)) for code, _ in offer.languages]
    yield f"Langues demandées au CV : {wording.listed(spoken)}"


def _preferences(offer: PreparedOffer, found: Judgement) -> Iterator[str]:
    values = found.values
    if values.location == 1.0:
        if offer.work_mode == "remote":
            yield "Travail à distance"
        elif offer.place is not None:
            yield f"Lieu de travail souhaité ou proche du domicile : {offer.written_place}"
    if values.contract == 1.0:
        yield f"Contrat recherché : {offer.contract}"
    if values.salary == 1.0:
        yield "Salaire proposé à la hauteur du souhait"
