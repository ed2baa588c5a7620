"""What a row of France Travail says, in canonical form."""

import re
from urllib.parse import quote

from adapters.job_sources.inferred import with_inferred
from adapters.job_sources.rows import number, part, parts, text, web_address
from adapters.job_sources.source import Row
from domain.cv import EDUCATION_LEVELS, EducationLevel
from domain.extraction.degrees import education_level
from domain.extraction.languages import read_languages
from domain.extraction.lines import Line
from domain.offer import JobType, LanguageRequirement
from domain.places import Gazetteer, department_of_insee
from domain.salaries import read_label
from domain.source_ad import Attribution, SourceAd

AD_PAGE = "https://candidat.francetravail.fr/offres/recherche/detail/"

_JOB_TYPES: dict[str, JobType] = {
    "CDI": "CDI", "DIN": "CDI", "CDD": "CDD", "SAI": "CDD", "DDI": "CDD", "MIS": "INTERIM", "LIB": "FREELANCE"
}  # fmt: skip
_LABEL_DEPARTMENT = re.compile(r"\s*(\d{2,3}|2[AB])\s*-")
_DURATION = re.compile(r"(\d{1,2})(?:[.,]\d+)?(?:\s*(?:à|-)\s*\d{1,2})?\s*(an|mois)", re.IGNORECASE)
_REQUIRED = "E"


def attribution(licence_url: str | None) -> Attribution:
    """What is shown with its ads, and with those that others relay."""
    return Attribution(label="France Travail", url="https://www.francetravail.fr", licence_url=licence_url)


def to_ad(row: Row, shown: Attribution, places: Gazetteer) -> SourceAd:
    """The ad of a row. Raises `ValueError` for one without an id or a title."""
    source_id = text(row, "id")
    company, workplace = part(row, "entreprise"), part(row, "lieuTravail")
    partners = parts(part(row, "origineOffre"), "partenaires")
    location, insee = text(workplace, "libelle"), text(workplace, "commune")
    department = _department(insee, location)
    skills = [(label, wanted) for wanted in parts(row, "competences") if (label := text(wanted, "libelle"))]
    ad = SourceAd.model_validate(
        {
            "source": "france_travail",
            "source_id": source_id,
            "partner": text(partners[0], "nom") if partners else None,
            "partner_urls": [url for partner in partners if (url := web_address(partner, "url"))],
            "title": text(row, "intitule"),
            "company": text(company, "nom"),
            "company_url": text(company, "url"),
            "logo_url": text(company, "logo"),
            "description": text(row, "description") or "",
            "details": row,
            "location": location,
            "insee": insee,
            "postcode": text(workplace, "codePostal"),
            "department": department,
            "region": places.region_of(department) if department else None,
            "country": "FR" if department and places.region_of(department) else None,
            "latitude": number(workplace, "latitude"),
            "longitude": number(workplace, "longitude"),
            "job_type": _job_type(row),
            "contract_label": text(row, "typeContratLibelle"),
            "work_time": text(row, "dureeTravailLibelleConverti"),
            "salary": read_label(text(part(row, "salaire"), "libelle")),
            "experience_min_years": _experience_years(row),
            "education_level": _education(row),
            "required_skills": [label for label, wanted in skills if text(wanted, "exigence") == _REQUIRED],
            "preferred_skills": [label for label, wanted in skills if text(wanted, "exigence") != _REQUIRED],
            "languages": _languages(row),
            "rome_code": text(row, "romeCode"),
            "naf": text(row, "codeNAF"),
            "openings": number(row, "nombrePostes"),
            "url": AD_PAGE + quote(source_id or "", safe=""),
            "apply_url": text(part(row, "contact"), "urlPostulation"),
            "attribution": shown,
            "published_at": text(row, "dateCreation"),
            "source_updated_at": text(row, "dateActualisation"),
        }
    )
    dated = shown.model_copy(update={"updated_at": ad.source_updated_at})
    return with_inferred(ad.model_copy(update={"attribution": dated}))


def _department(insee: str | None, label: str | None) -> str | None:
    """From the commune's code, else from the label: "74 - ANNECY"."""
    if insee is not None:
        return department_of_insee(insee)
    found = _LABEL_DEPARTMENT.match(label or "")
    return found[1] if found else None


def _job_type(row: Row) -> JobType | None:
    if row.get("alternance") is True:
        return "ALTERNANCE"
    code = text(row, "typeContrat")
    return _JOB_TYPES.get(code.upper(), "OTHER") if code is not None else None


def _experience_years(row: Row) -> float | None:
    """The years asked for: "Débutant accepté", "2 An(s)", "Expérience exigée de 6 Mois"."""
    if text(row, "experienceExige") == "D":
        return 0
    found = _DURATION.search(text(row, "experienceLibelle") or "")
    if found is None:
        return None
    return int(found[1]) / (12 if found[2].lower() == "mois" else 1)


def _education(row: Row) -> EducationLevel | None:
    """The lowest of the levels that it would accept."""
    labels = [text(course, "niveauLibelle") for course in parts(row, "formations")]
    levels = [level for label in labels if label and (level := education_level(label)) is not None]
    return min(levels, key=EDUCATION_LEVELS.index, default=None)


def _languages(row: Row) -> list[LanguageRequirement]:
    """The languages that it insists on."""
    labels = [text(language, "libelle") for language in parts(row, "langues") if _is_required(language)]
    found = [language for label in labels if label for language in read_languages([Line(label)])]
    return [LanguageRequirement(language=language.language, level=language.level) for language in found]


def _is_required(wanted: Row) -> bool:
    return text(wanted, "exigence") in (_REQUIRED, None)
