"""The columns of the two kinds of spreadsheets, and the headers under which they are found."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.election.cells import (
    read_code,
    read_count,
    read_cycle,
    read_date,
    read_department,
    read_flag,
    read_id,
    read_postcode,
    read_siret,
    read_text,
)
from domain.election.reasons import Reason
from domain.text import fold

SheetKind = Literal["pv", "invit"]
"""Minutes of elections, or invitations to negotiate one."""

Value = str | int | bool | date | None

_OTHER = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Column:
    """A column of a table: `headers` are its normalised synonyms, the best first, and its own name last.

    `missing` is the reason why a row without it is refused; None when it is optional, and then `default` stands for
    an empty cell.
    """

    name: str
    headers: tuple[str, ...]
    read: Callable[[str], Value]
    missing: Reason | None = None
    default: Value = None


def normalise_header(text: str) -> str:
    """Lower case without accents, everything but letters and digits made single underscores: "N° SIRET" → "n_siret"."""
    return _OTHER.sub("_", fold(text)).strip("_")


def _column(
    name: str,
    headers: str,
    read: Callable[[str], Value] = read_text,
    *,
    missing: Reason | None = None,
    default: Value = None,
) -> Column:
    synonyms = dict.fromkeys([*headers.split(), name])  # the column's own name counts last, unless it is listed
    return Column(name, tuple(synonyms), read, missing, default)


_SIRET = _column("siret", "siret num_siret numero_siret n_siret no_siret", read_siret, missing="siret_missing")
_UD = _column("ud", "ud union_departementale departement dep code_departement", read_department)
_FD = _column("fd", "fd federation")
_IDCC = _column("idcc", "idcc code_idcc convention_collective", read_code)

_VOTES = (
    _column("cgt_voix", "score_cgt voix_cgt cgt", read_count),
    _column("cfdt_voix", "score_cfdt voix_cfdt cfdt", read_count),
    _column("fo_voix", "score_fo voix_fo fo", read_count),
    _column("cftc_voix", "score_cftc voix_cftc cftc", read_count),
    _column("cgc_voix", "score_cgc voix_cgc voix_cfe_cgc cgc cfe_cgc", read_count),
    _column("unsa_voix", "score_unsa voix_unsa unsa", read_count),
    _column("sud_voix", "score_solidaire voix_solidaires voix_solidaire voix_sud solidaires sud", read_count),
    _column("autre_voix", "score_autre voix_autre voix_autres autre autres", read_count),
)

PV_COLUMNS = (
    _SIRET,
    _column("cycle", "cycle", read_cycle, missing="cycle_missing"),
    _column(
        "date_pv",
        "date_scrutin date_du_scrutin date_pv date_du_pv date_election date",
        read_date,
        missing="date_missing",
    ),
    _column("source_id", "id_pv id numero_pv num_pv", read_id),
    _column("institution", "institution type type_institution"),
    _column("college", "deno_coll college libelle_college"),
    _column("raison_sociale", "raison_sociale denomination entreprise societe nom_entreprise"),
    _column("cp", "cp code_postal", read_postcode),
    _column("ville", "ville commune"),
    _IDCC,
    _UD,
    _FD,
    _column("ul", "ul union_locale"),
    _column("region", "region"),
    _column("inscrits", "num_inscrits inscrits nb_inscrits inscrit", read_count),
    _column("votants", "num_votants votants nb_votants votant", read_count),
    _column("sve", "num_sve sve suffrages_valablement_exprimes suffrages_exprimes", read_count),
    *_VOTES,
)

INVITATION_COLUMNS = (
    _SIRET,
    _column("date_invit", "date_invitation date_pap date_invit date_du_pap date", read_date, missing="date_missing"),
    _column("source", "source origine canal", default="import"),
    _column(
        "denomination",
        "denomination raison_sociale denomination_usuelle rs nom nom_entreprise societe entreprise",
    ),
    _column("enseigne", "enseigne enseigne_commerciale nom_commercial"),
    _column("adresse", "adresse_complete adresse adresse_ligne_1 adresse_postale numero_et_voie libelle_voie voie rue"),
    _column("code_postal", "code_postal cp code_postal_etablissement", read_postcode),
    _column("commune", "commune ville localite libelle_commune_etablissement"),
    _column("activite_principale", "activite_principale code_naf naf code_ape ape"),
    _column("libelle_activite", "libelle_activite libelle_naf activite"),
    _column("tranche_effectifs", "tranche_effectifs tranche_effectif"),
    _column("effectifs_label", "effectifs effectif effectif_salarie nb_salaries nombre_salaries salaries"),
    _column("categorie_entreprise", "categorie_entreprise categorie taille_entreprise"),
    _column("structure_saisie", "structure_saisie structure organisation"),
    _column("est_actif", "est_actif actif etat_etablissement etat", read_flag),
    _column("est_siege", "est_siege siege siege_social", read_flag),
    _UD,
    _FD,
    _IDCC,
    _column("effectif_connu", "effectif_connu effectif_manuel", read_count),
    _column("date_reception", "date_reception date_de_reception", read_date),
    _column("date_election", "date_election date_des_elections date_scrutin", read_date),
)

COLUMNS: dict[SheetKind, tuple[Column, ...]] = {"pv": PV_COLUMNS, "invit": INVITATION_COLUMNS}
"""The columns of each kind in the order in which a row is checked."""
