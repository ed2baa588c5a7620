"""Degrees: their level on the French scale and what they are about."""

import re

from domain.cv import EducationLevel
from domain.extraction.words import word_pattern
from domain.text import fold

# Patterns over folded text; the first level with a match counts, from the highest down.
_LEVEL_BLOCKS: tuple[tuple[EducationLevel, str], ...] = (
    (
        "bac+8",
        r"""
        doctorat\w* | ph\.? ?d\b\.? | doctorate | doctoral | doctor(?:ate)? of | these de | dphil | docteur en
        hdr | niveau 8
        """,
    ),
    (
        "bac+5",
        r"""
        masters?(?! ?\(?m?1(?!\d| ?(?:et|&|/|a|-) ?(?:m|master )?2))
        master's | mastere\w* | msc | m\.sc\.? | m\.s\. | m\.a\. | mba | meng | m\.eng | mres | m2 | ma in | ms in
        llm | dess | dea | ingenieur\w* | engineering degree | grande ecole | dscg | mphil | pgce
        postgraduate (?:diploma|degree) | magistere | diplome d'etat d'architecte | hmonp | niveau 7 | emba | mim
        mchem | mphys | mmath | msci | mdes | level 7 | dsaa | m\.?tech | m\.? ?com | mca | m\.ed\.? | pgdm
        dnsep | dnsap | capes | agregation | capa
        """,
    ),
    (
        "bac+3",
        r"""
        licences?(?! ?\(?l?[12](?!\d|(?: ?(?:et|,|&|/|a|-) ?(?:l|licence )?[23])+)) | licenciee? | master \(?m?1\w*
        bachelors? | bachelor's | bsc | b\.sc\.? | b\.s\. | b\.a\. | ba \(?hons\)?
        ba in | bs in | beng | b\.eng | bba | llb | but | l3 | dcg | level 6 | (?<!brevet de )maitrise | m1
        undergraduate degree | honours degree | (?:educat\w+ specialise\w*|assistante? (?:de service )?social\w*)
        barch | bn | bfa | bed | b\.ed\.? | b\.? ?com | bca | b\.?tech
        dnmade | dna | licenciatura | niveau 6 | ide | dees | desjeps
        diplome d'etat (?:d'|de )?infirmi\w*
        """,
    ),
    (
        "bac+2",
        r"""
        bts\w? | dut | deug | deust | hnd | level [45] | associate'?s? (?:degree|of) | foundation degree | cpge
        brevet de maitrise | dejeps | licence \(?l?2\w*
        classes? prepa\w* | prepa | l2 | brevet de technicien superieur | diplome universitaire de technologie
        higher national diploma | niveau (?:5|iii)
        """,
    ),
    (
        "bac",
        r"""
        bacc?alaureat\w* | bac(?! ?\+) | a[ -]levels? | high school diploma | secondary school
        brevet professionnel(?! agricole) | bp | bprea | brevet de technicien | licence \(?l?1\w* | capacite en droit
        btec (?:national|extended|subsidiary)\w* | access to he\w* | moniteur[- ]educateur | monitrice[- ]educatrice
        bpjeps | daeu | l1 | international baccalaureate | ged | leaving certificate | abitur
        aide[- ]soignante? | hnc | level 3 | niveau (?:4|iv) | t levels? | class (?:xii|12(?:th)?) | 12th
        hsc | (?:higher|senior) secondary(?! school)
        """,
    ),
    (
        "none",
        r"""
        cap | bepa? | bpa | mention complementaire | level [12] | o[ -]levels? | brevet professionnel agricole
        bepc | brevet(?: des colleges)? | dnb | gcses? | certificat d'aptitude professionnelle
        class (?:x|10(?:th)?) | 10th (?:class|standard|grade|std) | ssc
        niveau (?:3|v) | deaes | deavs | diplome d'etat d'accompagnant\w*
        """,
    ),
)
_LEVELS = tuple((level, re.compile(word_pattern(block))) for level, block in _LEVEL_BLOCKS)
_FIRST_YEAR = re.compile(r"(?:premiere|1(?:e|re|ere)) annee (?:de |du |d')?(master|licence|bts|dut|but|deug)\b")
_YEARS_AFTER_BAC = re.compile(r"bac ?\+ ?([1-9])(?!\d)")
# State titles of trades above the bac, with their registered levels.
_TRADE_TITLE = re.compile(r"\btitre (?:pro\b\.?|professionnel)(?: (?:de |d'))?\s*(?P<trade>\S.*)")
_TRADE_LEVELS: tuple[tuple[EducationLevel, re.Pattern[str]], ...] = (
    ("bac+3", re.compile(r"concept\w+ (?:developp|designer)|administrat\w+ d'infrastructures|responsable de chantier")),
    (
        "bac+2",
        re.compile(
            r"developp\w+ web|technicien\w* superieur|gestionnaire (?:(?:de )?(?:la )?paie|comptable)|"
            r"assistante? (?:de )?(?:ressources humaines|direction|commercial|import|immobili)|negociat\w+ technico|"
            r"format\w+ (?:professionnel|d'adultes|pour adultes)|conseill\w+ en insertion|manager d|designer web|"
            r"responsable d'(?:etablissement|espace)|enseignante? de la conduite"
        ),
    ),
)
# Names that say the kind of school only, from which no other word of a level was found.
_PLAIN_DEGREE = re.compile(
    r"(?<!associate )(?<!associate's )(?<!foundation )(?<!technical )(?<!vocational )(?<!professional )(?<!secondary )"
    r"(?<!school )(?<!double )(?<!dual )(?<!joint )(?<!honorary )\bdegree\b"
)
_SECONDARY = re.compile(
    r"(?<!post-)(?<!post )(?<!lower )\bsecondary (?:[a-z-]+ ){0,2}(?:diploma|certificate|degree)\b|"
    r"\bhigh ?school (?:certificate|degree|leaving|graduate)|\b(?:matura|maturita|maturite|bachillerato)\b|"
    r"\bdiplome d'etudes secondaires\b|\bsecondaire superieur\b"
)
_BY_YEARS: dict[int, EducationLevel] = {1: "bac", 2: "bac+2", 3: "bac+3", 4: "bac+3", 8: "bac+8", 9: "bac+8"}
# "BA Business", "MS Physics": only in capitals and in front, for "ma" and "ms" mean other things elsewhere.
_INITIALS: tuple[tuple[EducationLevel, re.Pattern[str]], ...] = (
    ("bac+3", re.compile(r"B[AS]\b")),
    ("bac+5", re.compile(r"M[AS]\b")),
)
_DEGREE_NOUN = re.compile(
    word_pattern(
        r"""
        tfp | ssiap | bafa | bafd | bnssa
        diplom\w* | degree | certificate | certificat | certification | attestation | titre | formation | cycle
        cursus | parcours | programme | program | brevet | cqp | semestre | echange | erasmus | exchange | capes
        agregation | bootcamp | preparation | annee | terminale | hons | specialite | mention | major in
        minor in | course | diploma | capa | crfpa | aca | acca | cima | qualification | nvq | btec | titre
        """
    )
)
# "DU Soins palliatifs", "D.I.U. de gérontologie"; "du" is the commonest of words.
_UNIVERSITY_DIPLOMA = re.compile(r"(?:D\.?I?\.?U\.?|DESU)\s+(?:(?:en|de|des)\s|d['’])?[A-ZÀ-Þ]?[a-zà-ÿ]")
_OF = r"(?:\s+(?:degree|of\s+(?:science|arts|engineering|business\s+administration|laws|education|commerce)))?"
_DEGREE_WORDS = re.compile(
    r"^(?:diplômée?\s+d['’]\s?|diplôme\s+(?:national\s+)?(?:d['’]\s?|de\s+))?(?:"
    rf"master['’]?s?{_OF}(?:\s+(?:1|2|pro(?:fessionnel)?|recherche|sp[ée]cialis[ée]))?|mastère(?:\s+spécialisé)?|"
    rf"bachelor['’]?s?{_OF}|doctor(?:ate)?(?:\s+of\s+philosophy)?|associate['’]?s?\s+degree|"
    r"cycle\s+ing[ée]nieur|doctorat|ph\.?\s?d\.?|thèse|m\.?sc\.?|mba|m\.?eng|mchem|mphys|mmath|msci|mdes|m[12]|m\.?a\.?|m\.?s\.?|dess|dea|ing[ée]nieure?|maîtrise|"
    r"licence(?:\s+(?:pro(?:fessionnelle)?\b|\d))?|b\.?sc\.?|b\.?a\.?|b\.?s\.?|b\.?eng|bba|llb|but|l[123]|bts|dut|deug|deust|hnd|"
    r"d\.?e\.?a\.?s|(?-i:(?:D\.?I?\.?U\.?|DESU)(?=\s+(?:(?:en|de|des)\s|d['’])?[A-ZÀ-Þ]?[a-zà-ÿ]))|"
    r"b\.?\s?com|m\.?\s?com|b\.?\s?tech|m\.?\s?tech|b\.?ed|m\.?ed|bca|mca|pgce|pgdm|llm|ged|igcses?|"
    r"class\s+(?:xi{0,2}|1[02](?:th)?)|1[02]th(?:\s+(?:class|standard|grade))?|hsc|ssc|"
    r"(?:higher|senior)\s+secondary(?!\s+school)|high\s+school\s+diploma|"
    r"(?:(?:post[- ]?graduate|advanced|national|graduate|pg)\s+)?diploma(?=\s+(?:in|of)\s)|"
    r"cap|bep|baccalaur[ée]at|bac(?:\s?\+\s?\d)?|brevet(?:\s+(?:des\s+collèges|de\s+technicien\s+supérieur|professionnel))?|"
    r"titre\s+professionnel|cqp[im]?|tfp|ssiap(?:\s?[123])?|bafa|bafd|bnssa|a-levels?|gcses?|dipl[ôo]me(?:\s+d['’]\s?[ée]tat|\s+universitaire(?:\s+de\s+technologie)?)?"
    r")(?:\s*\((?:m[12]|bac\s?\+\s?\d|hons|msc|bsc|ba|ma|phd|meng|beng)\))?(?=[\s,:–(-]|$)",
    re.IGNORECASE,
)
_BAC_KIND = re.compile(
    r"^(?:g[ée]n[ée]ral|technologique|pro(?:fessionnel)?|scientifique|litt[ée]raire|s|es|l|sti2d|stmg|stg|stt|sti|st2s|stl)\b\s*",
    re.IGNORECASE,
)
_FIELD_LEAD = re.compile(
    r"^(?:(?:in|en|of|de|du|des|option|sp[ée]cialit[ée]|mention|parcours)\b|[dl]['’]|[-–:,(])\s*", re.IGNORECASE
)
_LEVEL_TAIL = re.compile(r"\s*[-–,]?\s*\(?\s*(?:niveau\s+)?bac\s?\+\s?\d\s*\)?\s*$", re.IGNORECASE)
_BRACKETS_TAIL = re.compile(r"\s*\([^()]*\)$")
_HONOURS = re.compile(
    r"(?:(?:obtenue?|valid[ée]e?)\s+)?(?:(?:avec\s+)?mention|avec)\s*:?\s*(?:(?:très\s+|assez\s+)?(?:bien|honorable)|[at]?b|distinction|"
    r"les\s+f[ée]licitations.*)|f[ée]licitations\s+du\s+jury|en\s+cours|obtenue?|valid[ée]e?|admise?|in\s+progress|expected|pr[ée]vue?|ongoing|"
    r"with\s+honou?rs|first|"
    r"first[- ]class.*|2:[12].*|upper\s+second.*|gpa.*|(?:with\s+)?(?:distinction|merit)|major\s+de\s+promo.*|"
    r"(?:magna\s+)?cum\s+laude",
    re.IGNORECASE,
)


def education_level(text: str) -> EducationLevel | None:
    """The level of a degree on the French scale; between two levels, the lower.

    >>> education_level("Diplôme d'ingénieur en informatique"), education_level("Maîtrise de droit (bac+4)")
    ('bac+5', 'bac+3')
    """
    folded = fold(text).replace("’", "'")
    if explicit := _YEARS_AFTER_BAC.search(folded):
        return _BY_YEARS.get(int(explicit.group(1)), "bac+5")
    if first := _FIRST_YEAR.search(folded):
        return "bac+3" if first[1] == "master" else "bac"
    in_words = next((level for level, pattern in _LEVELS if pattern.search(folded)), None)
    if in_words is None and (title := _TRADE_TITLE.search(folded)):
        return next((level for level, pattern in _TRADE_LEVELS if pattern.match(title["trade"])), None)
    in_words = in_words or next((level for level, pattern in _INITIALS if pattern.match(text)), None)
    if in_words is None and _SECONDARY.search(folded):
        return "bac"
    return "bac+3" if in_words is None and _PLAIN_DEGREE.search(folded) else in_words


def degree_score(text: str) -> int:
    """How much a text reads as the name of a degree; 0 not at all."""
    score = 3 if education_level(text) is not None else 0
    score += 2 if _DEGREE_NOUN.search(fold(text).replace("’", "'")) or _UNIVERSITY_DIPLOMA.match(text) else 0
    return score + (2 if starts_with_degree(text) else 0)


def starts_with_degree(text: str) -> bool:
    """Whether a text begins with the word of a degree ("Master", "BTS", "Bachelor of Science")."""
    return _DEGREE_WORDS.match(text) is not None


def is_honours(text: str) -> bool:
    """A mark of success and nothing else ("mention bien", "First-class honours")."""
    return _HONOURS.fullmatch(text.strip(" ().")) is not None


def degree_field(degree: str) -> str | None:
    """What a degree is about: "Master en Informatique" → "Informatique"; None when it does not say."""
    match = _DEGREE_WORDS.match(degree)
    if match is None:
        return None
    rest = degree[match.end() :].strip(" ,:–-")
    if fold(match.group()).startswith("bac"):
        rest = _BAC_KIND.sub("", _BAC_KIND.sub("", rest))
    rest = _BRACKETS_TAIL.sub("", _LEVEL_TAIL.sub("", rest))
    previous = ""
    while previous != rest:
        previous, rest = rest, _FIELD_LEAD.sub("", rest).strip(" ,:–-)")
    return rest if len(rest) > 2 and fold(rest) != "grande ecole" else None
