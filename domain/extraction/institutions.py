"""Schools and universities, told by the words of their names."""

import re

from domain.extraction.words import word_pattern
from domain.text import fold

_INSTITUTION = re.compile(
    word_pattern(
        r"""
        universit\w* | ecoles? | schools? | college | lycee | iut | institut\w* | faculte | faculty | academ\w+
        ifsi | conservatoire | campus | centre de formation | cfa | greta | afpa | cnam | cpge | business school
        polytech\w* | centrale\w* | mines | telecom | insa | essec | hec | edhec | escp | emlyon | em lyon | kedge
        neoma | skema | audencia | sciences po | centralesupelec | supelec | ens | ensi\w* | enseeiht | ensimag
        ensae | ensai | epita | epitech | esgi | supinfo | efrei | ece | esiea | isep | isen | cesi | utc | utt
        utbm | iae | inseec | ifp | estp | ensam | arts et metiers | agroparistech | dauphine | sorbonne | esc
        ipag | isg | openclassrooms | simplon | wild code | le wagon | ecole 42 | 42 paris | ynov | mit | eth
        epfl | ucl | lse | imperial | oxford | cambridge | stanford | harvard | berkeley | mcgill | uqam | hei
        icam | enac | supaero | isae | ensta | eseo | imt | esilv | emlv | edc | istec | irts | hetic | gobelins
        cours florent | polytechnic | hogeschool | ecole 2\.0 | estaca | esme
        paris[- ](?:saclay|cite|diderot|descartes|nanterre|[ivx]+|\d+) | grenoble em | tbs | rennes sb | isara
        vetagro sup
        """
    )
)


def institution_score(text: str) -> int:
    """How much a text reads as a place of study: 4 when it begins as one, 3 when it names one, else 0."""
    match = _INSTITUTION.search(fold(text))
    return 0 if match is None else (4 if match.start() == 0 else 3)
