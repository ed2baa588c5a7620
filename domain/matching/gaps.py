"""Gaps: what a candidate lacks for an offer, and the score they would have if they did not, by scoring again."""

from collections.abc import Iterator
from dataclasses import replace
from math import ceil
from typing import Final

from domain.matching import criteria, domains, wording
from domain.matching.evidence import ShownSkill
from domain.matching.judgement import Judgement, judge
from domain.matching.prepared import PreparedCandidate, PreparedOffer, Requirement
from domain.matching.result import Criterion, Gap
from domain.matching.skills import Hit, is_shared

MOST_SKILL_GAPS: Final = 20
"""Skills explained one by one, of the required and of the preferred; `missing` names all the required ones."""

_Closing = tuple[Criterion, str, PreparedCandidate]


def gaps_of(candidate: PreparedCandidate, offer: PreparedOffer, found: Judgement) -> list[Gap]:
    """Every gap of a judged pair, the one whose closing gains most first."""
    closings = [
        *_skills(candidate, offer, found),
        *_experience(candidate, offer, found),
        *_education(candidate, offer, found),
        *_title(candidate, offer, found),
        *_languages(candidate, offer),
        *_preferences(candidate, offer, found),
    ]
    gaps = [
        Gap(criterion=criterion, message=message, score_if_closed=judge(closed, offer).score)
        for criterion, message, closed in closings
    ]
    return sorted(gaps, key=lambda gap: (-gap.score_if_closed, gap.criterion, gap.message))


def _skills(candidate: PreparedCandidate, offer: PreparedOffer, found: Judgement) -> Iterator[_Closing]:
    parts = (
        ("Compétence requise", offer.required, found.required),
        ("Compétence appréciée", offer.preferred, found.preferred),
    )
    for what, requirements, hits in parts:
        open_ones = [(r, hit) for r, hit in zip(requirements, hits, strict=True) if not is_shared(hit)]
        for requirement, hit in open_ones[:MOST_SKILL_GAPS]:
            message = _skill_message(candidate, what, requirement, hit)
            yield "skills", message, _with_skill(candidate, requirement)


def _skill_message(candidate: PreparedCandidate, what: str, requirement: Requirement, hit: Hit) -> str:
    if hit[1] is None:
        return f"{what} absente du CV : {requirement.written}"
    return f"{what} absente du CV : {requirement.written} (compétence proche : {candidate.skills[hit[1]].name})"


def _with_skill(candidate: PreparedCandidate, requirement: Requirement) -> PreparedCandidate:
    shown = ShownSkill(requirement.name, requirement.written, frozenset({requirement.spelling}), "")
    return replace(candidate, skills={**candidate.skills, requirement.name: shown})


def _experience(candidate: PreparedCandidate, offer: PreparedOffer, found: Judgement) -> Iterator[_Closing]:
    minimum = offer.min_years
    if minimum is None or found.served.counted_years >= minimum:
        return
    relevant = found.served.relevant / 12
    asked = f"{wording.years(minimum)} {'demandé' if minimum < 2 else 'demandés'}"
    message = f"Expérience : {asked}, {wording.years(relevant)} dans un poste comparable"
    yield "experience", message, replace(candidate, closed_months=ceil(minimum * 12))


def _education(candidate: PreparedCandidate, offer: PreparedOffer, found: Judgement) -> Iterator[_Closing]:
    if offer.education is None or candidate.education is None or found.values.education == 1.0:
        return
    message = f"Niveau d'études : {offer.education} demandé, {wording.education(candidate.education)} au CV"
    yield "education", message, replace(candidate, education=offer.education)


def _title(candidate: PreparedCandidate, offer: PreparedOffer, found: Judgement) -> Iterator[_Closing]:
    if found.values.title is None or found.values.title > 0:
        return
    message = f"Aucun poste comparable à « {offer.written_title} » au CV"
    if not found.same_domain:
        labels = wording.listed(sorted(domains.label(domain) for domain in offer.domains))
        message += f" (autre domaine que : {labels})"
    yield (
        "title",
        message,
        replace(
            candidate,
            titles=tuple(sorted({*candidate.titles, offer.title})),
            domains=candidate.domains | offer.domains,
        ),
    )


def _languages(candidate: PreparedCandidate, offer: PreparedOffer) -> Iterator[_Closing]:
    if not candidate.languages:
        return
    for code, rank in offer.languages:
        value = criteria.language(candidate, code, rank)
        if value == 1.0 or value is None:
            continue
        spoken = candidate.languages.get(code)
        told = "absent du CV" if spoken is None else f"{wording.language(code, spoken)} au CV"
        message = f"Langue : {wording.language(code, rank)} demandé, {told}"
        yield "languages", message, replace(candidate, languages={**candidate.languages, code: rank})


def _preferences(candidate: PreparedCandidate, offer: PreparedOffer, found: Judgement) -> Iterator[_Closing]:
    """Conditions of work: closing such a gap means that the candidate would accept what is offered."""
    values = found.values
    if values.location is not None and values.location < 1:
        yield "location", _place_message(candidate, offer), _at_place(candidate, offer)
    if values.contract is not None and values.contract < 1 and offer.contract is not None:
        message = f"Contrat : {offer.contract} proposé, {wording.listed(sorted(candidate.contracts))} recherché"
        yield "contract", message, replace(candidate, contracts=candidate.contracts | {offer.contract})
    if values.salary is not None and values.salary < 1 and offer.salary is not None and candidate.salary is not None:
        lacking = ceil(100 * (candidate.salary - offer.salary) / candidate.salary)
        message = f"Salaire proposé inférieur de {lacking} % au souhait"
        yield "salary", message, replace(candidate, salary=max(1, int(offer.salary)))


def _place_message(candidate: PreparedCandidate, offer: PreparedOffer) -> str:
    place = criteria.place(candidate, offer)
    modes = {"remote": "à distance", "hybrid": "hybride", "onsite": "sur site"}
    if (place is None or place == 1.0) and offer.work_mode is not None and candidate.work_mode is not None:
        return f"Mode de travail : {modes[offer.work_mode]} proposé, {modes[candidate.work_mode]} souhaité"
    return f"Lieu de travail éloigné du domicile et des lieux souhaités : {offer.written_place}"


def _at_place(candidate: PreparedCandidate, offer: PreparedOffer) -> PreparedCandidate:
    wishes = candidate.wishes if offer.place is None else (*candidate.wishes, offer.place)
    return replace(candidate, wishes=wishes, work_mode=offer.work_mode or candidate.work_mode)
