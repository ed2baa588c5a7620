"""Schools and universities, told by the words of their names."""

import re

from domain.extraction.words import names, word_pattern
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
        vetagro sup | sixth form | high school | grammar school | academia | escola | escuela | universidade?
        instituto | hochschule | inp | ensimag | enseirb\S* | ensiie | ensicaen | ensma | ensait | enssat | enpc
        ponts paristech | ponts et chaussees | ieseg | icn | excelia | em strasbourg | em normandie | brest business
        burgundy | pigier | iscom | efap | ifas | ifcs | efb | enm | insp | mfr | maison familiale | cfppa | greta
        creps | epsi | esdes | isc paris | sup de \w+ | supdepub | upec | upmc | ulb | uclouvain | ku leuven
        eth zurich | bpp | open university | webforce3 | jedha | datascientest | wagon | doranco | ifocop | cesi
        lycees | ecole nationale | education nationale | ipac | mbway | digital campus | studi | cned | cefim
        """
    )
)


_NAMESAKES = names(
    """
    paul sabatier | pantheon-sorbonne | pantheon-assas | pantheon sorbonne | pantheon assas | assas | jean moulin
    claude bernard | lumiere | louis lumiere | rene descartes | denis diderot | nanterre | jean jaures | capitole
    bordeaux montaigne | michel de montaigne | victor segalen | le mirail | paul valery | sorbonne nouvelle
    pierre et marie curie | pierre mendes france | joseph fourier | stendhal | francois rabelais | blaise pascal
    marc bloch | robert schuman | louis pasteur | vincennes | vincennes saint-denis | cote d'azur | aix-marseille
    gustave eiffel | jean monnet | jules verne | montaigne | sophia antipolis | la sorbonne | tertiales
    """
)


def is_namesake(text: str) -> bool:
    """The second half of the name of a French university ("Toulouse III – Paul Sabatier")."""
    return fold(text) in _NAMESAKES


def institution_score(text: str) -> int:
    """How much a text reads as a place of study: 4 when it begins as one, 3 when it names one, else 0."""
    match = _INSTITUTION.search(fold(text))
    return 0 if match is None else (4 if match.start() == 0 else 3)
