"""What the parts of an entry's header are: a job title, an employer told by "chez", a place, a kind of contract."""

import re

from domain.extraction.dates import is_duration
from domain.extraction.lines import COLUMN
from domain.extraction.places import is_place
from domain.extraction.words import words
from domain.text import fold

_JOB_STEMS = tuple(
    words(
        """
        accompagn accountant acheteu actor actress actuar adjoint administrat advisor agent agriculteu agricultri
        aide-soignant ajusteur alternant ambulanc analist analyst animat apprenti apprentice approvisionneu
        archeologue architect archivist artisan ascensor assistant associate astronome attach attorney audit
        auxiliaire auxiliary avocat baby-sitt back-end backend bagagist banker banquier barista barmaid barman
        barrister bartender bibliothecaire bijouti biologist bookkeep boucher boulang bricklay broker bucheron buyer
        cadre cadreu caissi cameram camerist caregiver carer caretaker cariste carpenter carreleu carross cartographe
        cashier ceo cfo chanteu charcutier charge charpenti chaudronn chauffagist chauffeur chef chemist chercheu
        chief childmind chimist chirurgi chocolatier cleaner clerc clerk co-fond coach cofound coiffeu collaborat
        collector comedien commercial commis communit comptable concierge conciliat conducteur conductrice conseill
        constable consult controleu controller cook coordinat copywrit counsellor counselor courtier couturi couvreur
        craftsman crepi croupier cto cuisini curator dancer danseu dba dean decorat delegue dentist deput designer
        detective devel devops diet dispatch doctorant documentalist driver ebenist eboueur econom editor educat
        electricien electromecan electronicien electrotechnic eleveu employe enginee enquet enseignant entrepreneu
        epidemiologist equipi ergonom ergothera estheti estimator etancheu etudiant executive expert facilitat facteur
        farmhand fellow firefight fitter fleurist fondateur fondatrice foreman formateur formatrice founder fraiseu
        freelanc frigorist fromager frontend full-stack fullstack garde gardener gardien gendarm geolog geomatic
        geometr geran gestionnaire glazier gouvernant graduate graphist greffi groundsman grutier guard guide handyman
        head headhunt horloger horticulteu hote huissier hydrologue illustrat infirmi infograph ingenieu inspect
        installat instituteur institutrice instructor integrat interim intern interpret intervenant investigat jardini
        joaill joiner journalis juriste kine laborant laborer labourer lawyer lead lecteur lecturer librarian
        lifeguard limonad lingere linguiste livreu luthier machinist macon magasini maitre manager mandataire manoeuvr
        manutention maquett mason mecanicien mecatron mechanic medecin mediateu menuisi merchandis meteorologist
        metreur midwife militaire modelist moderator modiste moniteu monteur musicien nanny negociateu negociatri
        notaire nourrice nurse officer operat operative opticien orthophon osteopathe ostreiculteu outilleu ouvreur
        ouvrier owner packer paraleg paralegal paramedic partner patissi paysagiste peintre pharmac photograph
        physicist picker pilot pizzaiol planificat planner plaquist plaster platri plomb plongeu plumber podologue
        poissonnier policier pompier porter post-doct postdoc postdoctoral praticien preparat president producer
        product professeu professor promoteur proofread psycholog puericult realisateu realisatri receptionist
        receptionn recherch recruiter redact referent regisseu regleu relation repasseu report representant
        representative researcher responsable restaurateur rigger roofer sage-femme saisonni sales scaffold scenarist
        scientifique scientist scrum secouriste secretair secretary seller senior serrurier server serveu sociolog
        soignant soldat soldier solicitor sommelier soudeu sourceur sous-offici specialist sre stagiaire statistici
        steward storekeep strategist student stylist superintendent supervis surveillant surveyor sysadmin tailor
        tapissi teacher technic telecons teleprospect tester testeur therapeute therapist toilett toiturier tourneu
        toxicologue trader traduct trainee trainer translator treasur tresori tuteur tutor tutrice tuyaut underwriter
        urbanist ux valet vendang vendeu vendor veterin veterinar vice videaste vigneron virologue viticult volontaire
        volunteer vrp waiter waitress warden webdesign webmaster welder worker writer youtuber
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
_CONTRACT = re.compile(
    r"(?:contrat\s+(?:en\s+|d['’]\s?)?)?(?:cdi|cdd|cdic|int[ée]rim|int[ée]rimaire|stages?|alternance|apprentissage|freelance|ind[ée]pendante?|"
    r"auto-?entrepreneur|temps\s+(?:plein|partiel|complet)|full[\s-]?time|part[\s-]?time|permanent|fixed[\s-]term|internship|"
    r"contract(?:or)?|self-employed|job\s+(?:d['’]été|étudiant)|summer\s+job|emploi\s+saisonnier|saisonnier|service\s+civique|"
    r"stage\s+de\s+fin\s+d['’][ée]tudes?|apprenticeship|temporary|seasonal|professionnalisation|stage\s+(?:de\s+)?(?:\d+\s+mois|m[12]|l3))"
    r"(?:\s*[-/,+]?\s*(?:\d+\s*(?:h|%|mois)|temps\s+(?:plein|partiel)|\([^)]*\)))?",
    re.IGNORECASE,
)
_PART_OF_TITLE = re.compile(r"stage|alternan|apprenti|internship|job|saisonnier|summer", re.IGNORECASE)
"""Contracts that a title keeps in its brackets ("Assistante commerciale (alternance)")."""
_LABEL = re.compile(
    r"^(?:poste(?:\s+occup[ée])?|fonction|intitul[ée](?:\s+du\s+poste)?|titre|entreprise|soci[ée]t[ée]|employeur|client|lieu|"
    r"position|role|job\s+title|title|company|employer|location|dipl[ôo]me(?:\s+obtenu)?|[ée]tablissement|[ée]cole|degree|qualification|school|institution|university|"
    r"universit[ée]|ann[ée]e|dates?|year)\s*:\s*",
    re.IGNORECASE,
)
_STRONG_SPLIT = re.compile(rf"{COLUMN}|\s+[-–—|•·@/]\s+|\s*[|•]\s*|\s+[–—]|[–—]\s+|\s*:\s+")
_EMPLOYER = re.compile(
    r"\s+(?:(?P<plain>chez|@|au\s+sein\s+d(?:e\s+la|e\s+l['’]|e|u|es|['’])|pour\s+le\s+compte\s+de)|at|within)\s*(?<=[\s'’@])"
    r"(?:(?:la\s+|l['’])?(?:soci[ée]t[ée]|entreprise)\s+)?(?=\S)",
    re.IGNORECASE,
)
_COMMA = re.compile(r"\s*[,;]\s+(?![^(]*\))")
_TAIL_BRACKETS = re.compile(r"\s*\(([^()]{2,60})\)\s*$")
_FULL_STOP = re.compile(r"(?:(?<=[^\W\d_]{4})|(?<=[)\]]))(?<!\bcorp)\.$", re.IGNORECASE)
_LONGEST = 300
"""A longer text is no header."""
_WORDS = re.compile(r"[^\W\d_][\w'’-]*")


def title_score(text: str) -> int:
    """How much a text reads as a job title: 0 not at all, 1 one of its words, 3 and more plainly."""
    words = [word for word in map(fold, _WORDS.findall(text)) if not word.startswith("employeur")]
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


def without_label(text: str) -> str:
    """The text without the label of a form ("Diplôme : …")."""
    return _LABEL.sub("", text)


def clean_part(text: str) -> tuple[str, str | None]:
    """A part without its trailing brackets, and the place that these named; other brackets stay."""
    text = _FULL_STOP.sub("", text)
    match = _TAIL_BRACKETS.search(text)
    if match is None or not text[: match.start()].strip():
        return text.strip(" ,;:-–—|•·"), None
    inside = match.group(1).strip()
    place = inside if is_place(inside) else None
    if place or is_duration(inside) or (is_contract(inside) and not _PART_OF_TITLE.match(inside)):
        return text[: match.start()].strip(" ,;:-–—|"), place
    return text.strip(" ,;:-–—|•·"), None


def _parts(text: str) -> list[str]:
    if is_place(text):
        return [text]
    strong = [part.strip(" ,;") for part in _outside_brackets(text) if part.strip(" ,;-–—|")]
    if len(strong) == 1:
        return _comma_parts(strong[0], everything=True)
    parts: list[str] = []
    for part in strong:
        parts.extend([part] if title_score(part) >= 2 else _comma_parts(part, everything=False))
    return parts


def _outside_brackets(text: str) -> list[str]:
    """The text cut at its separators, those inside brackets aside ("Acme (CA : 85 M€)")."""
    pieces: list[str] = []
    begin = 0
    for separator in _STRONG_SPLIT.finditer(text):
        piece = text[begin : separator.start()]
        if piece.count("(") <= piece.count(")") or ")" not in text[separator.end() :]:
            pieces.append(piece)
            begin = separator.end()
    return [*pieces, text[begin:]]


def _comma_parts(text: str, *, everything: bool) -> list[str]:
    """Parts between commas; when not `everything`, only a place at the end is split off."""
    if is_place(text):
        return [text]
    pieces = [piece for piece in _COMMA.split(_FULL_STOP.sub("", text)) if piece]
    if len(pieces) > 1 and is_duration(pieces[-1]):
        pieces.pop()
    tail: list[str] = []
    while len(pieces) > 1 and (is_place(pieces[-1]) or (len(pieces) > 2 and is_place(", ".join(pieces[-2:])))):
        # "Atlanta, GA" is a place, "GA" alone is none.
        tail[:0] = [pieces.pop()] if is_place(pieces[-1]) else [pieces.pop(-2), pieces.pop()]
    if len(pieces) > 1 and is_contract(pieces[0]):
        return [pieces[0], ", ".join(pieces[1:]), *([", ".join(tail)] if tail else [])]
    place = [", ".join(tail)] if tail else []
    if everything and len(pieces) <= 4:
        return [*pieces, *place]
    return [", ".join(pieces), *place]
