"""What the parts of an entry's header are: a job title, an organisation, a place, a kind of contract."""

import re

from domain.extraction.lines import COLUMN
from domain.extraction.places import is_place
from domain.extraction.words import words
from domain.text import fold

_JOB_STEMS = tuple(
    words(
        """
        accompagn accountant acheteu actuar adjoint administrat advisor agent aide-soignant ajusteur alternant
        ambulanc analist analyst animat apprenti architect artisan assistant associate attach audit auxiliaire
        avocat baby-sitt back-end backend banker banquier barista barmaid barman bartender bibliothecaire bookkeep
        boucher boulang buyer cadre caissi camerist caregiver caretaker cariste carpenter cashier ceo cfo charge
        charpenti chauffeur chef chercheu chief chimist chirurgi cleaner clerk co-fond coach cofound coiffeu
        collaborat collector comedien commercial commis communit comptable concierge conciliat conducteur
        conductrice conseill consult controleu controller cook coordinat copywrit courtier couvreur craftsman cto
        cuisini dba dean decorat delegue dentist deput designer devel devops diet dispatch doctorant documentalist
        driver econom editor educat enginee enquet enseignant entrepreneu ergonom ergothera estheti estimator
        etudiant executive expert facilitat facteur fellow fleurist fondateur fondatrice foreman formateur
        formatrice founder freelanc frontend full-stack fullstack garde gardien geolog geometr geran gestionnaire
        gouvernant graphist grutier guard guide handyman head hote huissier illustrat infirmi infograph ingenieu
        inspect installat instituteur institutrice instructor integrat interim intern interpret intervenant
        investigat jardini journalis juriste kine laborant lawyer lead lecteur lecturer librarian livreu machinist
        macon magasini maitre manager manoeuvr manutention maquett mason mecanicien mechanic medecin mediateu
        menuisi merchandis metreur midwife moderator moniteu monteur musicien notaire nourrice nurse officer operat
        opticien orthophon ouvreur ouvrier owner paralegal paramedic partner patissi peintre pharmac photograph
        pilot planificat planner plomb plongeu plumber policier pompier porter postdoc praticien preparat president
        producer product professeu professor promoteur psycholog puericult receptionist receptionn recherch redact
        referent regisseu relation representant representative researcher responsable restaurateur sage-femme sales
        scientifique scientist scrum secouriste secretair secretary seller senior serrurier server serveu sociolog
        soignant sommelier soudeu specialist sre stagiaire steward stylist superintendent supervis surveillant
        sysadmin tailor teacher technic telecons teleprospect tester testeur therapeute therapist toiturier trader
        traduct trainee trainer translator treasur tresori tuteur tutor tutrice underwriter urbanist ux vendeu
        vendor veterin vice videaste vigneron viticult volontaire volunteer vrp waiter waitress webdesign webmaster
        welder worker writer youtuber
        """
    )
)
_STRONG_TITLE = re.compile(
    r"\b(?:d[ée]veloppeu|developer|ing[ée]nieu|engineer|manager|chef\b|cheffe|charg[ée]e?s?\s+d|responsable|directeu|directrice|"
    r"director|assistant|technicien|consultant|vendeu|stagiaire|alternant|apprenti|intern\b|analyst|comptable|conseill|"
    r"infirmi|serveu|secr[ée]taire|officer|specialist|coordinat|administrat|gestionnaire|designer|architect|scientist|"
    r"professeu|enseignant|teacher|nurse|accountant|lead\b|head\s+of|product\s+owner|scrum\s+master|agent\b|attach[ée]|"
    r"op[ée]rat(?:eu|ric|or)|conduct(?:eu|ric)|chauffeu|[ée]ducat(?:eu|ric)|animat(?:eu|ric)|receptionist|technician|"
    r"supervisor|representative|caissi|magasini|cuisini|commercial[e]?\b|h[ôo]te\b|h[ôo]tesse)",
    re.IGNORECASE,
)
_COMPANY = re.compile(
    r"\b(?:sas|sasu|sarl|eurl|s\.a\.s?|s\.a\.r\.l|scop|gie|inc|ltd|limited|llc|llp|plc|gmbh|ag|bv|corp|corporation|company|co\.|"
    r"groupe|group|holding|banque|bank|h[ôo]pital|hospital|clinique|clinic|chu|ch|ehpad|mairie|ville\s+de|commune|conseil\s+"
    r"(?:d[ée]partemental|r[ée]gional|g[ée]n[ée]ral)|minist[èe]re|ministry|pr[ée]fecture|universit[ée]|university|[ée]cole|school|"
    r"coll[èe]ge|college|lyc[ée]e|institut|institute|laboratoire|laboratory|cabinet|agence|agency|restaurant|h[ôo]tel|hotel|"
    r"brasserie|boulangerie|pharmacie|pharmacy|garage|soci[ée]t[ée]|entreprise|[ée]tablissements?|ets|association|fondation|foundation|"
    r"f[ée]d[ée]ration|studio|studios|solutions|services|systems|syst[èe]mes|technologies|technology|consulting|partners|"
    r"industries|international|labs?|logistique|logistics|transports?|assurances?|insurance|mutuelle|bureau|d'[ée]tudes|"
    r"supermarch[ée]|magasins?|stores?|centre|center|crèche|cr[ée]ches?|théâtre|librairie|&\s+(?:fils|co|cie|associ[ée]s|sons)|"
    r"trust|council|nhs|cnrs|inria|inserm|cea|digital\s+factory|france|software|bakery|café|cafe|boutique|usine|ateliers?|editions|éditions)\b",
    re.IGNORECASE,
)
_LEGAL = re.compile(r"(?:\b(?:SAS|SASU|SARL|EURL|SA|SCOP|Inc|Ltd|LLC|LLP|PLC|GmbH|AG|BV|Corp)\b\.?)\s*$")
_CONTRACT = re.compile(
    r"(?:contrat\s+(?:en\s+|d['’]\s?)?)?(?:cdi|cdd|cdic|int[ée]rim|int[ée]rimaire|stages?|alternance|apprentissage|freelance|ind[ée]pendante?|"
    r"auto-?entrepreneur|temps\s+(?:plein|partiel|complet)|full[\s-]?time|part[\s-]?time|permanent|fixed[\s-]term|internship|"
    r"contract(?:or)?|self-employed|job\s+(?:d['’]été|étudiant)|summer\s+job|emploi\s+saisonnier|saisonnier|service\s+civique|"
    r"stage\s+de\s+fin\s+d['’][ée]tudes?|apprenticeship|temporary|seasonal|professionnalisation|stage\s+(?:de\s+)?(?:\d+\s+mois|m[12]|l3))"
    r"(?:\s*[-/,+]?\s*(?:\d+\s*(?:h|%|mois)|temps\s+(?:plein|partiel)|\([^)]*\)))?",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:poste(?:\s+occup[ée])?|fonction|intitul[ée](?:\s+du\s+poste)?|titre|entreprise|soci[ée]t[ée]|employeur|client|lieu|"
    r"position|role|job\s+title|title|company|employer|location|dipl[ôo]me|[ée]tablissement|[ée]cole|degree|school|institution)\s*:\s*",
    re.IGNORECASE,
)
_STRONG_SPLIT = re.compile(rf"{COLUMN}|\s+[-–—|•·@/]\s+|\s*[|•]\s*|\s+[–—]|[–—]\s+|\s*:\s+")
_EMPLOYER = re.compile(
    r"\s+(?:(?P<plain>chez|@|au\s+sein\s+d(?:e\s+la|e\s+l['’]|e|u|es|['’])|pour\s+le\s+compte\s+de)|at|within)\s*(?<=[\s'’@])(?=\S)",
    re.IGNORECASE,
)
_COMMA = re.compile(r"\s*[,;]\s+(?![^(]*\))")
_TAIL_BRACKETS = re.compile(r"\s*\(([^()]{2,60})\)\s*$")
_LONGEST = 300
"""A longer text is no header."""
_WORDS = re.compile(r"[^\W\d_][\w'’-]*")


def title_score(text: str) -> int:
    """How much a text reads as a job title: 0 not at all, 1 one of its words, 3 and more plainly."""
    words = [fold(word) for word in _WORDS.findall(text)]
    score = 0
    if words and words[0].startswith(_JOB_STEMS):
        score += 1
    if any(word.startswith(_JOB_STEMS) and len(word) > 3 for word in words):
        score += 1
    if _STRONG_TITLE.search(text):
        score += 2
    if re.search(r"\b[fh]\s?/\s?[fh]\b|\((?:e|se|ère|trice)\)", text, re.IGNORECASE):
        score += 1
    return score if len(words) <= 14 else 0


def company_score(text: str) -> int:
    """How much a text reads as the name of an organisation."""
    score = 0
    if _LEGAL.search(text):
        score += 4
    if _COMPANY.search(text):
        score += 2
    if text.isupper() and len(text.split()) <= 2:
        score += 1
    return score


def is_contract(text: str) -> bool:
    """A kind of contract or of working time and nothing else ("CDI", "Stage de 6 mois", "full-time")."""
    return _CONTRACT.fullmatch(text.strip(" ()[].,")) is not None


def split_head(text: str) -> tuple[list[str], int | None]:
    """The parts of a header line, and the index of the employer where "chez" or "at" told it.

    >>> split_head("Développeuse chez Novalis, Lyon")
    (['Développeuse', 'Novalis', 'Lyon'], 1)
    """
    if len(text) > _LONGEST:
        return [text], None
    parts: list[str] = []
    employer: int | None = None
    for part in _parts(_LABEL.sub("", text.strip())):
        match = _EMPLOYER.search(part) if employer is None else None
        left = part[: match.start()].strip(" ,") if match else ""
        # "at" alone may be part of a name ("The Larder at Leith").
        if match is None or not left or not (match["plain"] or title_score(left)):
            parts.append(part)
            continue
        parts.append(left)
        employer = len(parts)
        parts.extend(_parts(part[match.end() :]))
    return parts, employer


def clean_part(text: str) -> tuple[str, str | None]:
    """A part without its trailing brackets, and the place that these named; other brackets stay."""
    match = _TAIL_BRACKETS.search(text)
    if match is None or not text[: match.start()].strip():
        return text.strip(" ,;:-–—|•·"), None
    inside = match.group(1).strip()
    if is_place(inside):
        return text[: match.start()].strip(" ,;:-–—|"), inside
    if is_contract(inside):
        return text[: match.start()].strip(" ,;:-–—|"), None
    return text.strip(" ,;:-–—|•·"), None


def _parts(text: str) -> list[str]:
    if is_place(text):
        return [text]
    strong = [part.strip(" ,;") for part in _STRONG_SPLIT.split(text) if part.strip(" ,;-–—|")]
    if len(strong) == 1:
        return _comma_parts(strong[0], everything=True)
    parts: list[str] = []
    for part in strong:
        parts.extend([part] if title_score(part) >= 2 else _comma_parts(part, everything=False))
    return parts


def _comma_parts(text: str, *, everything: bool) -> list[str]:
    """Parts between commas; when not `everything`, only a place at the end is split off."""
    if is_place(text):
        return [text]
    pieces = [piece for piece in _COMMA.split(text) if piece]
    tail: list[str] = []
    while len(pieces) > 1 and is_place(pieces[-1]):
        tail.insert(0, pieces.pop())
    if len(pieces) > 1 and is_contract(pieces[0]):
        return [pieces[0], ", ".join(pieces[1:]), *([", ".join(tail)] if tail else [])]
    place = [", ".join(tail)] if tail else []
    if everything and len(pieces) <= 4:
        return [*pieces, *place]
    return [", ".join(pieces), *place]
