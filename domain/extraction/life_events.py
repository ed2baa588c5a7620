"""What interrupts a career and stands among its positions without being one: leave, travel, family, search of work."""

import re

from domain.extraction.titles import title_score

_FAMILY = (
    r"(?:enfants?|fils|filles?|b[ée]b[ée]s?|jumeaux|jumelles|famille|m[èe]re|p[èe]re|parents?|mari|[ée]poux|[ée]pouse|"
    r"conjointe?|child(?:ren)?|kids?|sons?|daughters?|twins|bab(?:y|ies)|family|mother|father|husband|wife|partner|relatives?)"
)
_BREAK = re.compile(
    r"(?:(?:p[ée]riode|ann[ée]es?|mois|semestre)\s+(?:de\s+|d['’]\s?|sans\s+)?)?(?:"
    r"cong[ée]s?\s+(?:de\s+|d['’]\s?|pour\s+|individuel\s+de\s+)?(?:parenta(?:l|ux)|maternit[ée]|paternit[ée]|sabbatiques?|formation|"
    r"adoption|maladie|sans\s+solde|longue\s+maladie|proche\s+aidant|solidarit[ée]|pr[ée]sence\s+parentale|convenances?)|"
    r"(?:mise\s+en\s+)?disponibilit[ée]|sabbatique|c[ée]sure|recherche\s+(?:active\s+)?d['’]\s?(?:un\s+)?emploi|ch[ôo]mage|inactivit[ée]|"
    r"(?:en\s+)?recherche\s+(?:active\s+)?d['’]\s?emploi|sans\s+emploi|demandeu(?:r|se)\s+d['’]\s?emploi|arr[êe]t\s+(?:de\s+travail|(?:longue\s+)?maladie)|"
    r"convalescence|(?:interruption|pause|parenth[èe]se|coupure)\s+(?:de\s+carri[èe]re|carri[èe]re|professionnelle|familiale|parentale)|"
    r"(?:tour|voyage|travers[ée]e)s?\s+(?:du\s+monde|autour\s+du\s+monde|au\s+long\s+cours)|voyages?\s+(?:personnels?|en\s+[A-ZÀ-Þ]\S+)|"
    r"(?:parental|maternity|paternity|adoption|sabbatical|family|sick|medical|carer['’]?s?|compassionate|unpaid)\s+leave|"
    r"(?:planned\s+)?career\s+(?:break|gap|pause)|gap\s+year|sabbatical(?:\s+year)?|family\s+break|"
    r"(?:world|round[\s-]the[\s-]world|overseas)\s+(?:travel(?:s|ling|ing)?|trip|tour)|travell?ing|backpacking|"
    r"unemploy(?:ed|ment)|job\s+(?:search|seeking|hunting)|between\s+jobs|"
    r"(?:full[\s-]time\s+)?(?:stay[\s-]at[\s-]home\s+)(?:mum|mom|dad|parent|mother|father)|full[\s-]time\s+(?:mum|mom|dad|parent|mother|father|homemaker)|"
    r"homemaker|(?:m[èe]re|p[èe]re|femme|homme)\s+au\s+foyer"
    r")(?=$|\s*[,:;(/–—-]|\s+(?:pour|to|for|d[eu]s?|d['’]|en|et|suite|apr[èe]s|after|while|due|and|in|with|avec|around|across|through|"
    r"auprès|à|aux?|from|sans|volontaire|personnelle?)\b)",
    re.IGNORECASE,
)
_OF_ONES_FAMILY = re.compile(
    r"(?:(?:[ée]ducation|garde|naissances?|soins?|accompagnement|aide|assistance|[ée]lever|[ée]lev[ée]e?|s['’]occuper|aidante?|"
    r"raising|bringing\s+up|upbringing|care|caring|carer|looking\s+after|birth)\b.{0,40}?\b(?:mes|mon|ma|nos|notre|my|(?-i:our)|own)\s+"
    rf"(?:[^\W\d_]+\s+){{0,3}}{_FAMILY}|(?:raising|bringing\s+up)\s+(?:a\s+|young\s+|small\s+|two\s+|three\s+){{0,2}}(?:family|children))\b",
    re.IGNORECASE,
)
_LONGEST = 120
_PLAIN = 2
"""A title score that leaves no doubt."""


def is_life_event(title: str | None, company: str | None) -> bool:
    """Whether a header tells of a leave, a journey, one's family or the search of work; a job beside it makes a post.

    >>> is_life_event("Congé sabbatique", "tour du monde à la voile"), is_life_event("Animatrice", "Gap Year Ltd")
    (True, False)
    """
    for text, other in ((title, company), (company, title)):
        if text is None or len(text) > _LONGEST:
            continue
        if _BREAK.match(text) or _OF_ONES_FAMILY.search(text):
            return other is None or title_score(other) < _PLAIN
    return False
