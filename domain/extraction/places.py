"""Places as CVs name them: cities, regions and countries, postal codes, remote work."""

import re

from domain.extraction.companies import company_score
from domain.extraction.words import names, words
from domain.text import fold

_CITIES = """
aberdeen | abidjan | abu dhabi | accra | agen | aix-en-provence | ajaccio | albi | alencon | ales | alger | algiers
amiens | amsterdam | angers | angouleme | annecy | antananarivo | antibes | antwerp | anvers | argenteuil | arles
arras | athenes | athens | atlanta | auckland | aurillac | austin | avignon | bale | bamako | bangalore | bangkok
barcelona | barcelone | basel | bastia | bath | bayonne | beauvais | beijing | beirut | belfast | belfort
bengaluru | berlin | berne | besancon | beyrouth | beziers | biarritz | bilbao | birmingham | blois | bogota
bologne | bordeaux | boston | boulogne-billancourt | bourges | brest | brighton | brisbane | bristol | brive
brussels | bruxelles | bucarest | bucharest | budapest | buenos aires | caen | cairo | calais | calgary | cambridge
cannes | cape town | carcassonne | cardiff | casablanca | castres | cayenne | cergy | chalon-sur-saone | chambery
charleville-mezieres | charlotte | chartres | chennai | cherbourg | chicago | cholet | clamart | clermont-ferrand
colmar | cologne | columbus | compiegne | constantine | copenhagen | copenhague | cork | cotonou | courbevoie
coventry | cracovie | creteil | dakar | dallas | delhi | denver | derby | detroit | dijon | doha | douala | dubai
dublin | dundee | dunkerque | durham | dusseldorf | edimbourg | edinburgh | eindhoven | epinal | evreux | evry
exeter | fes | florence | fort-de-france | francfort | frankfurt | frejus | galway | gand | gap | geneva | geneve
glasgow | grenoble | hambourg | hamburg | hanoi | helsinki | hong kong | houston | hull | hyderabad
issy-les-moulineaux | istanbul | jakarta | johannesburg | kiev | kinshasa | krakow | kuala lumpur | kyiv | kyoto
la defense | la roche-sur-yon | la rochelle | lagos | lancaster | lannion | lausanne | laval | le caire | le havre
le mans | leeds | leicester | lens | levallois-perret | libreville | liege | lille | lima | limoges | lisbon
lisbonne | liverpool | lome | london | londres | lorient | los angeles | luton | luxembourg | lyon | macon | madrid
malaga | manchester | manila | marrakech | marseille | massy | melbourne | metz | meudon | mexico | miami | milan
milano | milton keynes | minneapolis | monaco | montauban | montpellier | montreal | montreuil | moscou | moscow
mulhouse | mumbai | munich | nairobi | namur | nancy | nanterre | nantes | naples | narbonne | nashville
neuilly-sur-seine | new delhi | new york | new york city | newcastle | nice | nimes | niort | norwich | nottingham
noumea | nyc | oran | orleans | osaka | oslo | ottawa | ouagadougou | oxford | palaiseau | papeete | paris | pau
pekin | perigueux | perpignan | perth | philadelphia | phoenix | pittsburgh | plymouth | pointe-a-pitre | poitiers
portland | porto | prague | pune | puteaux | quebec | quimper | rabat | raleigh | reading | reims | rennes
rio de janeiro | riyadh | roanne | rodez | rome | rotterdam | roubaix | rouen | rueil-malmaison | saclay
saint-brieuc | saint-denis | saint-etienne | saint-malo | saint-nazaire | san diego | san francisco | san jose
santiago | sao paulo | seattle | seoul | sete | seville | sfax | shanghai | sheffield | shenzhen | singapore
singapour | sofia | sophia antipolis | sophia-antipolis | sousse | southampton | stockholm | strasbourg | stuttgart
swansea | sydney | tanger | tarbes | tel aviv | the hague | tokyo | toronto | toulon | toulouse | tourcoing | tours
troyes | tunis | turin | utrecht | valence | valencia | vancouver | vannes | varsovie | velizy | versailles | vienna
vienne | villeurbanne | warsaw | washington | washington dc | wellington | yaounde | york | zurich
"""
_COUNTRIES = """
afrique du sud | algeria | algerie | allemagne | angleterre | arabie saoudite | argentina | argentine | australia
australie | austria | autriche | belgique | belgium | benin | brazil | bresil | bulgaria | bulgarie | burkina faso
cameroon | cameroun | canada | chile | chili | china | chine | colombia | colombie | coree du sud | cote d'ivoire
czech republic | danemark | denmark | ecosse | egypt | egypte | emirats arabes unis | england | espagne | etats unis
etats-unis | finland | finlande | france | gabon | germany | ghana | grece | greece | guadeloupe | guyane | hongrie
hungary | inde | india | indonesia | indonesie | ireland | irlande | israel | italie | italy | ivory coast | japan
japon | kenya | la reunion | lebanon | liban | luxembourg | madagascar | malaisie | malaysia | mali | maroc
martinique | mayotte | mexico | mexique | monaco | morocco | netherlands | new zealand | nigeria | norvege | norway
nouvelle-zelande | pays de galles | pays-bas | poland | pologne | portugal | qatar | rdc | republique tcheque
romania | roumanie | royaume uni | royaume-uni | russia | russie | saudi arabia | scotland | senegal | singapore
singapour | south africa | south korea | spain | suede | suisse | sweden | switzerland | thailand | thailande
the netherlands | togo | tunisia | tunisie | turkey | turquie | uae | uk | ukraine | united arab emirates
united kingdom | united states | united states of america | us | usa | vietnam | wales
"""
_REGIONS = """
ain | aisne | allier | alpes-de-haute-provence | ardeche | ardennes | ariege | aube | aude | aveyron | calvados
cantal | charente | charente-maritime | correze | corse-du-sud | cote-d'or | cotes-d'armor | creuse | deux-sevres
dordogne | doubs | drome | eure | eure-et-loir | gard | gers | haute-corse | haute-loire | haute-marne | haute-saone
haute-savoie | haute-vienne | hautes-alpes | hautes-pyrenees | ille-et-vilaine | indre | indre-et-loire | jura | landes
loir-et-cher | loire | loiret | lot-et-garonne | lozere | maine-et-loire | manche | marne | mayenne | meurthe-et-moselle
meuse | morbihan | moselle | nievre | oise | orne | pas-de-calais | puy-de-dome | pyrenees-atlantiques
pyrenees-orientales | sarthe | saone-et-loire | savoie | seine-et-marne | seine-maritime | somme | tarn
tarn-et-garonne | territoire de belfort | var | vaucluse | vendee | vosges | yonne
a distance | alpes-maritimes | alsace | auvergne-rhone-alpes | bas-rhin | bavaria | bouches-du-rhone
bourgogne-franche-comte | bretagne | ca | california | catalonia | centre-val de loire | corse | essonne | europe
finistere | fl | france entiere | full remote | gironde | grand est | greater london | haut-rhin | haute-garonne
hauts-de-france | hauts-de-seine | herault | home office | hybrid | hybride | idf | il | ile de france
ile-de-france | international | isere | loire-atlantique | ma | nord | normandie | nouvelle-aquitaine | ny
occitanie | ontario | paca | paris area | pays de la loire | provence-alpes-cote d'azur | region lyonnaise
region parisienne | remote | rhone | rhone-alpes | scotland | seine-saint-denis | teletravail | texas | tx
val-d'oise | val-de-marne | wa | wallonie | yvelines
"""


# As written, and only after a town: "DE", "IN" or "MA" alone mean other things.
_STATES = words(
    """
    AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA
    RI SC SD TN TX UT VT VA WA WV WI WY DC AB BC MB NB NS ON QC SK
    """
)

CITIES = names(_CITIES)
COUNTRIES = names(_COUNTRIES)
_OTHERS = names(_REGIONS)
_KNOWN = CITIES | COUNTRIES | _OTHERS

_POSTAL = re.compile(
    r"\b(?:(?:[A-Z]-?)?\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)\b|\(\s*(?:\d{2,3}|2[AB])\s*\)"
)
_DISTRICT = re.compile(
    r"\s*\b(?:\d{1,2}\s?(?:e|er|ème|eme|nd)\b(?:\s+arr\w*\.?)?|cedex(?:\s+\d+)?|cédex)\s*$", re.IGNORECASE
)
_AROUND = re.compile(
    r"^(?:r[ée]gion de |greater )|\s+(?:et (?:p[ée]riph[ée]rie|environs)|(?:metropolitan )?area)$", re.IGNORECASE
)
_TOWN_WORDS = 3
_NO_TOWNS = words("domicile distance table pied velo coeur jamais venir tous toi moi")
"""What else names hold behind "à" ("Présence à Domicile")."""
_IN_TOWN = re.compile(r"(?P<name>\S.{2,80}?)\s+(?P<word>à|in)\s+(?P<town>[A-ZÀ-Þ][\w'’-]+(?:[ -][\w'’-]+){0,2})")
_NUMBER_AFTER = re.compile(r"\s+\d{1,2}$")
_CITY_AFTER_CODE = re.compile(r"^(?:[A-Z]-?)?(\d{5})\s+([A-ZÀ-Þ][\w'’.-]*(?:[ -][\w'’.-]+){0,4})$")
_SEPARATORS = re.compile(r"\s*[,/;()]\s*|\s+[-–—|]\s+")


def is_city(text: str) -> bool:
    """A known city, alone ("Lyon", "Paris 15e", "75011 Paris")."""
    return _bare(text) in CITIES


def is_country(text: str) -> bool:
    """A known country, alone, in French or English."""
    return fold(text).strip(" .()") in COUNTRIES


def is_place(text: str) -> bool:
    """A place and nothing else: cities, regions and countries, with postal codes, or a way of remote work.

    >>> is_place("Lyon (69), France"), is_place("Full remote"), is_place("Acme Lyon")
    (True, True, False)
    """
    if not text or len(text) > 80:
        return False
    if _CITY_AFTER_CODE.match(text.strip()):
        return True
    parts = [part for part in _SEPARATORS.split(text.strip(" .()")) if part]
    known = [
        part
        for number, part in enumerate(parts)
        if _bare(part) in _KNOWN or (number and _POSTAL.sub("", part).strip() in _STATES)
    ]
    if not known:
        return False
    return all(part in known or _POSTAL.fullmatch(part) or part.isdigit() for part in parts) or (
        # "Bezons, France": an unknown town followed by what it lies in.
        len(parts) == 2
        and parts[1] in known
        and (is_country(parts[1]) or fold(parts[1]) in _OTHERS or parts[1] in _STATES)
        and may_be_town(parts[0])
        and not company_score(parts[0])
    )


def is_known_place(text: str) -> bool:
    """A place of which no part is an unknown town."""
    parts = [part for part in _SEPARATORS.split(text.strip(" .()")) if part]
    return is_place(text) and (len(parts) < 2 or _bare(parts[0]) in _KNOWN or _CITY_AFTER_CODE.match(text) is not None)


def may_be_town(text: str) -> bool:
    """Written as the name of a town, that no list may know: up to three words ("Vertou (44)")."""
    name = _POSTAL.sub("", text).strip()
    return (
        0 < len(name.split()) <= _TOWN_WORDS
        and name[0].isupper()
        and name.replace("-", "").replace("'", "").replace("’", "").replace(" ", "").isalpha()
    )


def without_town(text: str) -> tuple[str, str | None]:
    """The name and the town it is in: "Maison Dupuy à Vienne", "Les Oliviers, Aubagne" (a town that no list knows)."""
    match = _IN_TOWN.fullmatch(text)
    named = match is not None and fold(match["town"]) not in _NO_TOWNS
    if match is not None and named and (match["word"] == "à" or is_place(match["town"])):
        return match["name"], match["town"]
    name, comma, town = text.rpartition(", ")
    is_town = 0 < len(town.split()) <= 2 and town[:1].isupper() and not company_score(town)
    if comma and "," not in name and is_town and town.replace("-", "").replace(" ", "").isalpha():
        return name, town
    return text, None


def split_city(text: str) -> tuple[str | None, str | None]:
    """City and country of a place ("75011 Paris, France" → "Paris", "France"), None for what it does not name."""
    city: str | None = None
    country: str | None = None
    for part in _SEPARATORS.split(text.strip(" .()")):
        if (match := _CITY_AFTER_CODE.match(part)) and city is None:
            city = _DISTRICT.sub("", match.group(2)).strip()
        elif is_country(part) and (city is not None or not is_city(part)):
            country = country or part.strip()
        elif is_city(part) and city is None:
            city = _DISTRICT.sub("", _POSTAL.sub("", part)).strip(" ,()")
    return city, country


def _bare(text: str) -> str:
    if fold(text) == "macon" and "ç" in text.lower():
        # A mason, not the town of Mâcon.
        return ""
    text = _DISTRICT.sub("", _POSTAL.sub("", text).strip(" ,.()"))
    name = fold(_NUMBER_AFTER.sub("", _AROUND.sub("", text)))
    return name.replace("st ", "saint-").replace("st-", "saint-") if name.startswith(("st ", "st-")) else name
