"""Why a row is refused or a cell dropped: the rule's name, and the French sentence a user reads."""

from typing import Literal

from domain.siret import SiretReason

Reason = (
    SiretReason
    | Literal[
        "cycle_missing",
        "cycle_unreadable",
        "date_missing",
        "date_unreadable",
        "date_out_of_range",
        "duplicate_in_file",
        "count_unreadable",
        "count_out_of_range",
        "bool_unreadable",
        "id_unreadable",
        "code_too_long",
        "date_outside_cycle",
    ]
)

MESSAGES: dict[Reason, str] = {
    "siret_missing": "SIRET absent",
    "siret_scientific": "SIRET en notation scientifique : ses chiffres sont perdus (mettre la colonne au format texte)",
    "siret_length": "SIRET de moins de 11 ou de plus de 14 chiffres",
    "siret_zero": "SIRET composé uniquement de zéros",
    "cycle_missing": "Cycle absent",
    "cycle_unreadable": "Cycle illisible : C1 à C9 attendu",
    "date_missing": "Date absente",
    "date_unreadable": "Date illisible : JJ/MM/AAAA ou AAAA-MM-JJ attendu",
    "date_out_of_range": "Date hors de la période 1990-2099",
    "duplicate_in_file": "Ligne remplacée par une ligne suivante du même fichier",
    "count_unreadable": "Nombre illisible : valeur ignorée",
    "count_out_of_range": "Nombre négatif ou supérieur à 10 000 000 : valeur ignorée",
    "bool_unreadable": "Oui ou non attendu : valeur ignorée",
    "id_unreadable": "Identifiant illisible : valeur ignorée",
    "code_too_long": "Code de plus de 100 caractères : valeur ignorée",
    "date_outside_cycle": "Date hors de la période du cycle : ligne conservée, absente de la synthèse",
}
