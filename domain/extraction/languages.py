"""Spoken languages and their CEFR level, from the words CVs use in French and English."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from domain.cv import LANGUAGE_LEVELS, Language, LanguageLevel
from domain.extraction.lines import COLUMN, Line
from domain.extraction.words import words
from domain.extraction.wrapping import join_wrapped
from domain.text import fold

_NAMES = {
    "fr": "francais french", "en": "anglais english", "es": "espagnol spanish castillan", "de": "allemand german",
    "it": "italien italian", "pt": "portugais portuguese", "nl": "neerlandais dutch flamand hollandais",
    "ar": "arabe arabic", "zh": "chinois chinese mandarin cantonais", "ja": "japonais japanese",
    "ru": "russe russian", "pl": "polonais polish", "ro": "roumain romanian", "tr": "turc turkish",
    "el": "grec greek", "sv": "suedois swedish", "da": "danois danish", "no": "norvegien norwegian",
    "fi": "finnois finnish", "cs": "tcheque czech", "sk": "slovaque slovak", "hu": "hongrois hungarian",
    "bg": "bulgare bulgarian", "hr": "croate croatian", "sr": "serbe serbian", "uk": "ukrainien ukrainian",
    "ko": "coreen korean", "vi": "vietnamien vietnamese", "th": "thai thailandais", "hi": "hindi",
    "ur": "ourdou urdu", "bn": "bengali", "ta": "tamoul tamil", "fa": "persan persian farsi",
    "he": "hebreu hebrew", "id": "indonesien indonesian", "ms": "malais malay", "sw": "swahili", "wo": "wolof",
    "ca": "catalan", "eu": "basque", "br": "breton", "oc": "occitan", "la": "latin", "sq": "albanais albanian",
    "hy": "armenien armenian", "ka": "georgien georgian", "lt": "lituanien lithuanian", "lv": "letton latvian",
    "et": "estonien estonian", "sl": "slovene slovenian", "ga": "irlandais irish", "cy": "gallois welsh",
    "mg": "malgache malagasy", "ber": "berbere berber tamazight kabyle", "ln": "lingala", "ff": "peul fula",
    "bm": "bambara", "lb": "luxembourgeois luxembourgish", "co": "corse corsican", "tl": "tagalog",
    "gu": "gujarati", "pa": "punjabi", "so": "somali", "am": "amharic amharique", "eo": "esperanto", "km": "khmer",
    "yo": "yoruba", "af": "afrikaans", "is": "islandais icelandic", "ht": "kreyol",
    "ig": "igbo", "ha": "haoussa hausa", "te": "telugu telougou", "mr": "marathi", "ml": "malayalam", "kn": "kannada",
    "si": "cinghalais sinhala", "ne": "nepalais nepali", "mn": "mongol mongolian", "kk": "kazakh", "az": "azeri",
    "uz": "ouzbek uzbek", "ps": "pachto pashto", "ku": "kurde kurdish", "ti": "tigrinya", "rw": "kinyarwanda",
    "snk": "soninke", "dyu": "dioula", "ee": "ewe", "tw": "twi", "ak": "akan", "zu": "zoulou zulu", "xh": "xhosa",
    "sn": "shona", "mt": "maltais maltese", "mk": "macedonien macedonian", "bs": "bosniaque bosnian",
    "be": "bielorusse belarusian", "gl": "galicien galician", "gsw": "alsacien alsatian", "ceb": "cebuano",
    "sco": "scots", "gd": "gaelic gaelique", "ny": "chichewa", "lo": "laotien lao", "my": "birman burmese",
    "bo": "tibetain tibetan", "ug": "ouighour uyghur", "tg": "tadjik tajik", "tk": "turkmene turkmen",
    "ky": "kirghize kyrgyz", "ce": "tchetchene chechen", "om": "oromo", "rn": "kirundi", "sg": "sango",
    "kg": "kikongo", "lg": "luganda", "ki": "kikuyu", "st": "sesotho", "tn": "tswana setswana", "mi": "maori",
    "sm": "samoan", "ty": "tahitien tahitian", "gn": "guarani", "qu": "quechua", "ay": "aymara", "sc": "sarde",
    "fo": "feroien faroese", "fy": "frison frisian", "yi": "yiddish", "sa": "sanskrit", "jv": "javanais javanese",
}  # fmt: skip
_CODES = {name: code for code, names in _NAMES.items() for name in names.split()}
_CODES["langue des signes francaise"] = _CODES["langue des signes"] = _CODES["lsf"] = "fsl"
_CODES |= dict.fromkeys(("darija", "arabe litteraire", "arabe dialectal", "arabe classique"), "ar")
_CODES |= {"dari": "fa", "bahasa": "id", "suisse allemand": "gsw", "swiss german": "gsw"}
_CODES |= dict.fromkeys(("creole haitien", "haitian creole", "haitien", "haitian"), "ht")
_CODES |= dict.fromkeys(("creole", "shimaore", "grec ancien", "ancient greek", "soussou", "comorien"), "")
"""Those without a code of ISO 639 that says which they are ("créole" is several languages) are left out."""
_CODES["british sign language"] = _CODES["bsl"] = "bfi"
_ANY_NAME = "(?:" + "|".join(sorted(_CODES, key=len, reverse=True)) + ")(?:e)?"
_NAME = re.compile(rf"(?<![\w-]){_ANY_NAME}(?![\w-])")
_HYPHENED = re.compile(rf"(?<![\w-])({_ANY_NAME})-(?={_ANY_NAME}(?![\w-]))")

_CEFR = re.compile(r"(?<!\w)(a1|a2|b1|b2|c1|c2)(?!\w)")
_SCORES: tuple[tuple[re.Pattern[str], tuple[tuple[float, LanguageLevel], ...]], ...] = (
    (re.compile(r"toeic\D{0,20}(\d{3})"), ((945, "C1"), (785, "B2"), (550, "B1"), (225, "A2"), (120, "A1"))),
    (re.compile(r"toefl\D{0,20}(\d{2,3})(?!\d)"), ((110, "C2"), (95, "C1"), (72, "B2"), (42, "B1"))),
    (re.compile(r"ielts\D{0,20}(\d(?:[.,]\d)?)"), ((8.5, "C2"), (7.0, "C1"), (5.5, "B2"), (4.0, "B1"))),
)
_CERTIFICATES: tuple[tuple[LanguageLevel, str], ...] = (
    ("C2", r"\bcpe\b|cambridge proficiency"),
    ("C1", r"\bcae\b|cambridge advanced|jlpt\W{0,3}n1|dalf\b"),
    ("B2", r"\bfce\b|first certificate|cambridge first|jlpt\W{0,3}n2"),
    ("B1", r"cambridge preliminary|jlpt\W{0,3}n3"),
    ("A2", r"cambridge key|jlpt\W{0,3}n4"),
    ("A1", r"jlpt\W{0,3}n5"),
)
_PASSED = tuple((level, re.compile(pattern)) for level, pattern in _CERTIFICATES)
# In this order: the first pattern found decides, so that "upper intermediate" is not "intermediate".
_LEVEL_WORDS: tuple[tuple[LanguageLevel, str], ...] = (
    ("C2", r"(?:near|quasi|almost)(?:ment)?[- ]?(?:nativ|maternel|bilingu)"),
    ("native", r"maternel|natif|nativ|natale|mother tongue|first language"),
    ("C2", r"(?:bi|tri|quadri)lingu|proficient|maitrise parfaite|parfaite maitrise|perfect|mastery|niveau expert"),
    ("B2", r"professional working|upper[- ]intermediate|intermediaire (?:superieur|avance|fort)|professionnel limite"),
    ("B1", r"limited working|low(?:er)?[- ]intermediate"),
    ("A2", r"pre[- ]?intermedi|faux debutant|bonnes bases|notion"),
    ("C1", r"courant|couramment|fluen|avance|advanced|excellent|tres bon|very good|full professional|strong|confirme"),
    ("C1", r"professionnel complet|capacite professionnelle complete|professional proficiency"),
    (
        "B2",
        r"\bbon(?:ne)?s?\b|\bgood\b|operationnel|autonom|profession|lu,? ?(?:ecrit|parle)|business|working|maitrise",
    ),
    ("B1", r"conversation|intermedi|moyen|average|independant|pratique|correct|fair\b"),
    ("A1", r"quelques mots|(?:a )?few words"),
    (
        "A2",
        r"\bpeu\b|\ba (?:little|bit)\b|\bsome\b|scolaire|school|elementa|basi[qc]|\bbases?\b|survie|limited|rudiment",
    ),
    ("A1", r"debutant|beginner|initiation|learning|apprentissage|novice|decouverte|en cours"),
)
_WORDS = tuple((level, re.compile(pattern)) for level, pattern in _LEVEL_WORDS)
_SEPARATOR = re.compile(rf"\s*(?:[,;|/•·{COLUMN}]|\s-\s|\s–\s|\bet\b|\band\b)\s*$")
_BOTH = re.compile(
    r"\b(?:both|all|tous|toutes|les deux)\b|\b(?:maternelles|courants|bilingues)\W*$|\b(?:tri|quadri)ling\w+\W*$"
)
_COLUMN = "¦"
"""Stands for the end of a column inside a folded line, where white space is collapsed."""
_CUT = re.compile(r"[,;|•·¦]|(?<!niv)\.\s|\s[-–—/]\s|^\s*[/&+]\s*$|\b(?:et|and)\b")
"""Where what is said of one language ends and what is said of the next begins."""
_ALIKE = re.compile(r"\s*(?:[-–/&+]|et|and)\s*(?:(?:de )?l['’]|le |la |en |in |d['’])?\s*")
"""What joins languages of which one level is said ("parle couramment l'anglais et l'espagnol")."""
_CLOSE = re.compile(r"\s*(?:\s(?:et|and|&|\+)\s|[/-])\s*(?:(?:de )?l['’]|le |la |en |in |d['’])?")
"""What joins two languages more closely than the parts of a list: "anglais et espagnol courant"."""
_OF_BOTH = re.compile(r"bilingu|\b(?:maternelles|courants|natives)\b")
_OF_SEVERAL = re.compile(r"bilingu|couramment|fluent(?:ly)? in\b|fluently")
_OF_ALL = re.compile(r"(?:tri|quadri|multi|pluri)lingu")
_LEVEL_ALONE = re.compile(
    r"(?:niveau |level )?(?:[abc][12]|bilingu\w+|courante?s?|couramment|fluent|notions?|bases|debutant\w*|beginner"
    r"|basic|elementary|elementaire|scolaire|intermedi\w+|advanced|avancee?|professionnel\w*|professional|conversation\w*"
    r"|nati[vf]\w*|(?:tres |very )?(?:bon|bonne|good)|lue?s?(?:, ?|/| et )(?:parle|ecrit)\w*)(?: niveau| level)?"
)
"""A level and nothing else, as it labels the languages below it."""
_NATIVE_ALONE = re.compile(
    r"(?:ma |my )?(?:langue|mother tongue|native language|first language)s?(?:\(s\))?(?: \w+(?:\(s\))?)?"
)
_STATED = re.compile(r"(?:je (?:parle|maitrise|pratique|comprends)|i (?:can )?speak|langues?|languages?)\b")
_STATEMENT_END = re.compile(
    r"(?:(?<=[^\W\d_]{3})|(?<=[Pp]ermis [A-E])|(?<=\d{4})|(?<=\)))\.\s+(?=[A-ZÀ-Þ])|"
    r";\s+(?=(?i:langues?|languages?)\b)"
)
_LETTERS = re.compile(r"\b[^\W\d_]+\b")
_SAID = words(
    "langue langues language niveau level et and en in de d l du le la of the a parle ecrit lu oral orale spoken "
    "written speaker tres very bonne maitrise connaissance connaissances knowledge toeic toefl ielts score points"
)
_LONGEST_PARAGRAPH = 2000
_LONGEST_STATEMENT = 120
_SHORT_STATEMENT = 8
"""Words of a sentence that says which language is spoken how well and nothing else."""
_MAX_LINE = 300
_LONGEST_LEAD = 26
"""Characters before the first language of a line that states languages: "Langue(s) maternelle(s) :"."""


def language_level(text: str) -> LanguageLevel | None:
    """The CEFR level that a text states; a CEFR code wins over words, words over a test score.

    Of two codes the lower counts.

    >>> language_level("courant (B2/C1)"), language_level("langue maternelle"), language_level("TOEIC 850")
    ('B2', 'native', 'B2')
    """
    folded = fold(text)
    stated = [found.upper() for found in _CEFR.findall(folded)]
    if stated:
        return min((level for level in LANGUAGE_LEVELS if level in stated), key=LANGUAGE_LEVELS.index)
    in_words = next((level for level, pattern in _WORDS if pattern.search(folded)), None)
    passed = next((level for level, pattern in _PASSED if pattern.search(folded)), None)
    return in_words or passed or _test_level(folded)


def _test_level(folded: str) -> LanguageLevel | None:
    """The level that the score of a language test stands for."""
    for pattern, steps in _SCORES:
        if match := pattern.search(folded):
            score = float(match.group(1).replace(",", "."))
            return next((level for least, level in steps if score >= least), None)
    return None


def read_languages(lines: Sequence[Line]) -> list[Language]:
    """The languages of a language section; a level on a line of its own belongs to the language above it."""
    found: list[Language] = []
    above: _Above | None = None
    levels_first = False
    for line in join_wrapped(lines):
        if len(line.text) > _MAX_LINE:
            continue
        here = _in_line(line.text)
        if here:
            found.extend(above.said_of(here) if above is not None else here)
            above = above if above is not None and above.of_several else None
            continue
        label = _label_of_level(line.text)
        levels_first = levels_first or (label is not None and not found)
        level = language_level(line.text)
        if label is None and level is None:
            # "Autres langues" ends what is said of the languages above it.
            above, levels_first = None, False
        elif label is not None and levels_first and (above or not found or found[-1].level):
            above = label
        elif found and found[-1].level is None and level is not None:
            last = found[-1]
            found[-1] = last.model_copy(update={"level": level, "as_written": f"{last.as_written} {line.text}"})
    return _unique(found)


@dataclass(frozen=True, slots=True)
class _Above:
    """A level that stands above its languages: "Langue maternelle" above "Français"."""

    level: LanguageLevel
    text: str
    of_several: bool

    def said_of(self, languages: Sequence[Language]) -> list[Language]:
        return [
            language
            if language.level is not None
            else language.model_copy(update={"level": self.level, "as_written": f"{self.text} {language.as_written}"})
            for language in languages
        ]


def _label_of_level(text: str) -> _Above | None:
    """The level that a line names and nothing else; a mother tongue is one, unless it says that they are several."""
    folded = fold(text).strip(" :.-–")
    level = language_level(folded)
    if level is None:
        return None
    if level == "native":
        if not (_NATIVE_ALONE.fullmatch(folded) or _LEVEL_ALONE.fullmatch(folded)):
            return None
        return _Above(level, text, of_several=folded.endswith(("s", "s)")))
    return _Above(level, text, of_several=True) if _LEVEL_ALONE.fullmatch(folded) else None


def find_stated_languages(lines: Iterable[Line]) -> list[Language]:
    """Languages named with a level outside a language section ("Anglais : courant")."""
    found: list[Language] = []
    for line in lines:
        here = _stated(line.text)
        if not here and len(line.text) <= _LONGEST_PARAGRAPH:
            # What a sentence further on says of languages is told of something else, unless it begins with them.
            first, *others = _STATEMENT_END.split(line.text)
            here = [language for text in [first, *filter(_begins_with_language, others)] for language in _stated(text)]
        found.extend(here)
    return _unique(found)


def _stated(text: str) -> list[Language]:
    """The languages with which a text begins, when it gives their levels or says that they are spoken."""
    folded = fold(text)
    match = _NAME.search(folded)
    if match is None or len(text) > _LONGEST_STATEMENT or match.start() > _LONGEST_LEAD:
        return []
    here = _in_line(text)
    return here if all(language.level is not None for language in here) or _STATED.match(folded) else []


def _begins_with_language(sentence: str) -> bool:
    """ "Languages: French (basic)", "Anglais courant", "Fluent Spanish"."""
    if len(sentence) > _LONGEST_STATEMENT:
        return False
    folded = fold(sentence)
    if _STATED.match(folded):
        return True
    said = _LETTERS.findall(_NAME.sub(" ", folded))
    few = _NAME.search(folded) is not None and len(said) <= _SHORT_STATEMENT
    return few and all(word in _SAID or language_level(word) is not None for word in said)


def names_language(text: str) -> bool:
    """Whether a text names a spoken language."""
    return _NAME.search(fold(text)) is not None


def is_language(text: str) -> bool:
    """A language name and nothing else ("anglais", "English")."""
    return _NAME.fullmatch(fold(text).strip(" .:")) is not None


def _in_line(text: str) -> list[Language]:
    # Folding may change the length of a text, so that the segments are cut from the folded words' own positions.
    shown = " ".join(text.replace(COLUMN, f" {_COLUMN} ").split())
    folded = fold(shown)
    folded = _HYPHENED.sub(r"\1/", folded)
    aligned = shown if len(shown) == len(folded) else folded
    names = [match for match in _NAME.finditer(folded) if not _is_translation(folded, match)]
    if not names:
        return []
    lead = folded[: names[0].start()]
    stated = language_level(lead)
    # "Courant : anglais, espagnol", "Bilingue (français, italien)"
    of_all = ":" in lead or lead.rstrip().endswith("(")
    before = stated is not None and not of_all
    shared = stated if of_all else None
    alike = stated if _OF_SEVERAL.search(lead) or _OF_ALL.search(lead) else None
    cuts = [0, *(_cut(folded, one, other, before=before) for one, other in pairwise(names)), len(folded)]
    languages: list[Language] = []
    for number, match in enumerate(names):
        ahead, behind = folded[cuts[number] : match.start()], folded[match.end() : cuts[number + 1]]
        if number:
            between = folded[names[number - 1].end() : match.start()]
            if ":" in ahead:
                shared, ahead = language_level(ahead), ""
            if not (_ALIKE.fullmatch(between) or _OF_ALL.search(lead)):
                alike = None
        level = language_level(f"{behind} {ahead}" if ":" not in ahead else behind) or shared or alike
        begin = cuts[number] if language_level(ahead) else match.start()
        name = aligned[match.start() : match.end()]
        code = _CODES[match.group()] if match.group() in _CODES else _CODES[match.group().removesuffix("e")]
        languages.append(
            Language(
                language=code,
                label=name[0].upper() + name[1:].lower(),
                level=level,
                as_written=_written(aligned[begin : cuts[number + 1]]),
            )
        )
    for number in range(len(names) - 2, -1, -1):
        between = folded[names[number].end() : names[number + 1].start()]
        behind = folded[names[number + 1].end() : cuts[number + 2]]
        if languages[number].level is None and _says_of_both(between, behind):
            languages[number] = languages[number].model_copy(update={"level": languages[number + 1].level})
    if _BOTH.search(folded) and (level := languages[-1].level) is not None:
        languages = [item if item.level else item.model_copy(update={"level": level}) for item in languages]
    return [language for language in languages if language.language]


def _says_of_both(between: str, behind: str) -> bool:
    """Whether what follows the second of two languages holds for the first too ("français et arabe bilingue")."""
    if language_level(behind) is None:
        return False
    if _OF_BOTH.search(behind):
        return _ALIKE.fullmatch(between) is not None
    return _CLOSE.fullmatch(between) is not None and not behind.lstrip().startswith("(")


def _written(text: str) -> str:
    """The CV's words about one language, without what separates them from those about the next."""
    return _SEPARATOR.sub("", " ".join(text.replace(_COLUMN, " ").split())).strip(" ,;|/•·–-")


def _cut(folded: str, one: re.Match[str], other: re.Match[str], *, before: bool) -> int:
    """Where between two languages the words about the second begin."""
    start, between = one.end(), folded[one.end() : other.start()]
    closed = between.rfind(")") + 1
    separators = list(_CUT.finditer(between, closed))
    if separators:
        cut = separators[-1].end()
        # "Courant | anglais | notions | espagnol": the level stands before its language, in a part of its own.
        alone = before and language_level(between[cut:]) is None and language_level(between) is not None
        return start + (separators[0].end() if alone and not closed else cut)
    if closed:
        return start + closed
    return start if before else other.start()


def _is_translation(folded: str, match: re.Match[str]) -> bool:
    """ "Anglais (English)": the second name repeats the first; "langue des signes" is found as a whole."""
    return folded[: match.start()].endswith("(") and folded[match.end() : match.end() + 1] == ")" and match.start() > 1


def _unique(languages: Iterable[Language]) -> list[Language]:
    kept: dict[str, Language] = {}
    for language in languages:
        known = kept.get(language.language)
        if known is None or (known.level is None and language.level is not None):
            kept[language.language] = language
    return list(kept.values())
