"""Job titles and kinds of contract, told by their words."""

import re

from domain.extraction.words import words
from domain.text import fold

_JOB_STEMS = tuple(
    words(
        """
        adjudant brigadier caporal capitaine commandant colonel femme lieutenant matelot officier sapeur sergent
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
        installat instituteur institutrice instructor integrat interimair intern interpret intervenant investigat
        jardini joaill joiner journalis juriste kine laborant laborer labourer lawyer lead lecteur lecturer librarian
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
    r"supervisor|representative|caissi|magasini|cuisini|commercial[e]?\b|h[ôo]te\b|h[ôo]tesse)|"
    # English titles end with what the person is; surnames ("Baker", "Mason") and plurals name companies.
    r"\b(?:clerk|driver|cashier|cleaner|waiter|waitress|bartender|barista|carer|buyer|trainer|tutor|lecturer|researcher|"
    r"recruiter|translator|editor|copywriter|photographer|plumber|electrician|welder|mechanic|labourer|solicitor|"
    r"barrister|paralegal|librarian|pharmacist|therapist|physiotherapist|midwife|paramedic|dentist|secretary|planner|"
    r"controller|bookkeeper|auditor|underwriter|broker|trader|adviser|advisor|executive|administrator|programmer|"
    r"tester|producer|inspector|fitter|estimator|surveyor|bricklayer|receptionist|housekeeper|caretaker)$",
    re.IGNORECASE,
)
_LONGEST = 400
"""A longer text is no title."""
_SELF_EMPLOYED = (
    r"(?:(?:travailleu(?:r|se)\s+)?ind[ée]pendante?|(?:en\s+)?free-?lance|(?:auto|micro)[\s-]?entrepreneu(?:r|se)|self[\s-]employed|"
    r"sole\s+trader|own\s+business|on\s+(?:my|his|her)\s+own\s+account|(?:en\s+|profession\s+)lib[ée]rale?|"
    r"(?:à|en)\s+(?:mon|son)\s+(?:propre\s+)?compte)"
)
_CONTRACT = re.compile(
    r"(?:contrat\s+(?:en\s+|d['’]\s?)?)?(?:cdi|cdd|cdic|int[ée]rim|int[ée]rimaire|stages?|alternance|apprentissage|temps\s+(?:plein|partiel|complet)|full[\s-]?time|part[\s-]?time|permanent|fixed[\s-]term|internship|"
    r"contract(?:or)?|"
    + _SELF_EMPLOYED
    + r"|job\s+(?:d['’]été|étudiant)|summer\s+job|emploi\s+saisonnier|saisonnier|service\s+civique|"
    r"mi-temps|half[\s-]time|remplacements?|vacations?|extras?|contrat\s+pro|cdd\s+(?:de\s+remplacement|saisonnier)|"
    r"(?:(?:plusieurs|diverses|différentes)\s+)?missions?(?:\s+(?:d['’]|en\s+)?\s?int[ée]rim(?:aires?)?)|"
    r"stage\s+de\s+fin\s+d['’][ée]tudes?|apprenticeship|temporary|seasonal|professionnalisation|stage\s+(?:de\s+)?(?:\d+\s+mois|m[12]|l3))"
    r"(?:\s*[-/,+]?\s*(?:\d+\s*(?:h|%|mois)|temps\s+(?:plein|partiel)|\([^)]*\)))?",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_][\w'’-]*")
# What is done or where, not who does it: "Plomberie", "Coordination", "Engineering", "Pharmacie".
_ACTIVITY = re.compile(
    r"\b[^\W\d_]*(?:[^\W\d_]{2}erie|tion|ologie|ographie|macie|ology|macy|[^\W\d_]{3}ery|[^\W\d_]{3}ing|cture|isme|"
    r"national(?:e|aux)?)s?\b",
    re.IGNORECASE,
)
_NO_PERSON = re.compile(
    r"\b(?:h[oô]tels?|m[aâ]connais|mâcon|internet|commerciaux|headquarters|architectes|avocats|associ[ée]s|"
    r"notaires|consultants|ing[ée]nieurs|experts(?:-comptables)?|artisans|partners|associates|architects|engineers|solicitors|"
    r"accountants|apprentis|m[ée]decins|coiffeurs|opticiens)\b",
    re.IGNORECASE,
)
"""Words that begin as a person does and are none."""


def title_score(text: str) -> int:
    """How much a text reads as a job title: 0 not at all, 1 one of its words, 3 and more plainly."""
    if len(text) > _LONGEST:
        return 0
    text = _NO_PERSON.sub(" ", _ACTIVITY.sub(" ", text))
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


def is_self_employment(text: str) -> bool:
    """Work for oneself and nothing else ("à mon compte", "Self-Employed")."""
    return re.fullmatch(_SELF_EMPLOYED, text.strip(" ()[].,"), re.IGNORECASE) is not None
