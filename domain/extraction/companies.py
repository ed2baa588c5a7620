"""The names of organisations: how much a text reads as one, and the name without the remarks beside it."""

import re

from domain.extraction.titles import title_score
from domain.extraction.words import words
from domain.text import fold

_COMPANY = re.compile(
    r"\b(?:sas|sasu|sarl|eurl|s\.a\.s?|s\.a\.r\.l|scop|gie|inc|ltd|limited|llc|llp|plc|gmbh|ag|bv|corp|corporation|company|co\.|"
    r"groupe|group|holding|banque|bank|h[ôo]pital|hospital|clinique|clinic|chu|ch|ehpad|mairie|ville\s+de|commune|conseil\s+"
    r"(?:d[ée]partemental|r[ée]gional|g[ée]n[ée]ral)|minist[èe]re|ministry|pr[ée]fecture|universit[ée]|university|[ée]cole|school|"
    r"coll[èe]ge|college|lyc[ée]e|institut|institute|laboratoires?|laboratory|cabinet|agence|agency|restaurant|h[ôo]tel|hotel|"
    r"brasserie|boulangerie|pharmacie|pharmacy|garage|soci[ée]t[ée]|entreprise|[ée]tablissements?|ets|association|fondation|foundation|"
    r"f[ée]d[ée]ration|studio|studios|solutions|services|systems|syst[èe]mes|technologies|technology|consulting|partners|"
    r"industries|international|labs?|logistique|logistics|transports?|assurances?|insurance|mutuelle|bureau|d'[ée]tudes|"
    r"gendarmerie|police|arm[ée]e|sdis|urssaf|cpam|associ[ée]s|associates|architectes|avocats|notaires|experts-comptables|"
    r"supermarch[ée]|magasins?|stores?|centre|center|crèche|cr[ée]ches?|théâtre|librairie|&\s+(?:fils|co|cie|associ[ée]s|sons)|"
    r"trust|council|nhs|cnrs|inria|inserm|cea|digital\s+factory|france|software|bakery|café|cafe|boutique|usine|ateliers?|editions|éditions)\b",
    re.IGNORECASE,
)
_LEGAL = re.compile(r"(?:\b(?:SAS|SASU|SARL|EURL|SA|SCOP|Inc|Ltd|LLC|LLP|PLC|GmbH|AG|BV|Corp)\b\.?)\s*$")
_REMARK = re.compile(r"\s*[(\[]([^()\[\]]{2,120})[)\]]\s*$")
_COMMON_NOUN = re.compile(r"(?:\b(?:de|du|des|of|en|à)(?:\s+la)?\s|[dl]['’])\s?$", re.IGNORECASE)
_WORKSHOP = re.compile(
    r"(?-i:[A-ZÀ-Þ])\w+erie\s+(?:(?:d(?:e|u|es)\s+(?:la\s+)?|[dl]['’])?(?-i:[A-ZÀ-Þ])|(?:nation|municip)al)",
    re.IGNORECASE,
)
"""Shops and workshops: "Menuiserie Lagrange", "Laiterie du Bocage"."""
_INITIALS = re.compile(r"[A-ZÀ-Þ][A-ZÀ-Þ0-9.&-]{1,9}")
_BEGINNING = re.compile(
    r"(?P<before>[^\W\d_][\w'’)]*)\s+(?P<name>(?:cliniques?|clinic|h[ôo]pital|h[ôo]pitaux|hospital|chu|universit[ée]|university|"
    r"universidad[e]?|universit[àa]t?|[ée]cole|escola|escuela|instituto|lyc[ée]e|coll[èe]ge|college|groupe|mairie|restaurant|"
    r"h[ôo]tel|ehpad|soci[ée]t[ée]|minist[èe]re|institut|laboratoires?|iut|cfa)\s+\S.*)",
    re.IGNORECASE,
)
_AGENCY = re.compile(r"Int[ée]rim\s+[A-ZÀ-Þ]|INT[EÉ]RIM\s+[A-ZÀ-Þ]{2}")
_NAMED_AGENCY = re.compile(
    r"(?!(?i:missions?|contrats?|emplois?|postes?|travail|divers|plusieurs|cdd|cdi|en)\b)[A-ZÀ-Þ][\w'’&.-]*(?:\s+[A-ZÀ-Þ&][\w'’&.-]*)?"
    r"\s+(?:Int[ée]rim|INT[EÉ]RIM)(?:\s+\d{1,3})?"
)
_QUALIFIERS = words(
    """
    ps ms gs tps cp ce1 ce2 cm1 cm2 ulis segpa rased ks1 ks2 ks3 ks4 eyfs l1 l2 l3 m1 m2 n1 n2 n3 n4 sav adv rh hr it
    qhse hse qse r&d btob btoc b2b b2c gms bloc usld ssr psu pmi uls vl pl spl
    """
)
"""Written in capitals beside a title, and no name of a company: classes of a school, departments, ranks."""
_NO_LETTERS = re.compile(r"[\s/,+-]+")
_TASK = re.compile(
    r"(?!(?:Direct|Inspect|Associat|Administrat|D[ée]l[ée]gat|Stat|Fondat|F[ée]d[ée]rat|Corporat|Organi[sz]at|Sect)ion|Stage|Altern|"
    r"Apprenti|[ÉE]tablissement|D[ée]partement|Village|Agence|R[ée]sidence|Prison)"
    r"[A-ZÀ-Þ][\w'’-]*(?:tion|sion|ment|age|ture|ance|ence|tretien|soutien|aintien|ing|ueil|duite|ecte|vail|ente)s?|Tri|Vente|Mise|"
    r"Prise|Tenue|Suivi"
)
"""How the description of a task begins: with a noun for something done, and none for an organisation."""
_MIN_TASK_WORDS = 3
_MIN_LISTED_WORDS = 4
_LINKS = words("de du des d l la le les en et a au aux chez pour of the at in for and to un une")


def company_score(text: str) -> int:
    """How much a text reads as the name of an organisation."""
    score = 0
    if _LEGAL.search(text):
        score += 4
    if any(not _is_common_noun(text, match) for match in _COMPANY.finditer(text)) or _WORKSHOP.match(text):
        score += 2
    if _AGENCY.match(text) or (_NAMED_AGENCY.fullmatch(text) and not title_score(text)):
        score += 2
    if text.isupper() and len(text.split()) <= 2 and not is_qualifier(text):
        score += 1
    return score


def is_qualifier(text: str) -> bool:
    """Classes of a school, a department or a rank and nothing else ("CE2-CM1", "SAV")."""
    return all(word in _QUALIFIERS for word in _NO_LETTERS.split(fold(text)) if word)


def is_task(text: str) -> bool:
    """Plainly what is done at work: "Coffrage, ferraillage", "Construction de maisons individuelles".

    Such a line has no names in it: but for the first, all words are in lower case.
    """
    first, *others = text.split() or [""]
    if any(not (word[0].islower() or word.isdigit()) for word in others if word[0].isalnum()) or text.isupper():
        return False
    if company_score(text):
        return False
    listed = not title_score(text) and (text.count(", ") > 1 or (", " in text and len(others) >= _MIN_LISTED_WORDS))
    told = _TASK.fullmatch(first.rstrip(",")) is not None and len(others) + 1 >= _MIN_TASK_WORDS
    return bool(others) and (listed or told)


def _is_common_noun(text: str, match: re.Match[str]) -> bool:
    """ "Directeur de magasin", "Chef d'agence": what a title is about."""
    return (
        match.group()[0].islower() and _COMMON_NOUN.search(text[max(0, match.start() - 8) : match.start()]) is not None
    )


def without_remark(text: str) -> str:
    """The name without a final remark in brackets ("Acme (conseil en énergie)"); initials such as "(SNCF)" stay."""
    match = _REMARK.search(text)
    if match is None or _INITIALS.fullmatch(match.group(1)) or not text[: match.start()].strip():
        return text
    return text[: match.start()]


def split_glued(text: str) -> tuple[str, str] | None:
    """ "INFIRMIÈRE CLINIQUE DE L'ESTUAIRE": what stands before the name of an organisation, and that name."""
    for match in _BEGINNING.finditer(text[:200]):
        word, name = match["before"], match["name"]
        if name[0].isupper() and fold(word) not in _LINKS:
            return text[: match.start("name")].rstrip(" ,"), text[match.start("name") :]
    return None
