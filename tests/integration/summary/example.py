"""A handful of establishments: minutes and letters that between them meet every rule of the summary."""

from tests.elections import invitation, pv

ALPHA, BETA, GAMMA = "01234567890123", "98765432100019", "11122233300011"
DELTA, EPSILON, ZETA = "55555555555555", "33344455500022", "77777777777777"

MINUTES = [
    pv(ALPHA, "C3", "2018-03-10", source_id=10, institution="CSE", raison_sociale="ALPHA", cp="75001", ud="75")
    | {"idcc": "1486", "fd": "METAUX", "inscrits": 80, "votants": 50, "sve": 48, "cgt_voix": 20, "cfdt_voix": 28},
    pv(ALPHA, "C4", "2022-03-15", source_id=11, institution="CSE", raison_sociale="ALPHA SAS", ud="75")
    | {"fd": "COMMERCE", "inscrits": 60, "votants": 40, "sve": 39, "cgt_voix": 0, "cfdt_voix": 39},
    pv(ALPHA, "C4", "2022-03-15", source_id=12, institution="CSE", raison_sociale="ALPHA CADRES", cp="75002", ud="75")
    | {"idcc": "1486", "fd": "METAUX", "inscrits": 30, "votants": 25, "sve": 24, "cgt_voix": 18, "cfdt_voix": 6},
    pv(ALPHA, "C4", "2025-02-01", source_id=13, institution="CSE", raison_sociale="ALPHA SAS", cp="75001", ud="75")
    | {"idcc": "1486", "inscrits": 99, "votants": 90, "sve": 88, "cgt_voix": 50, "cfdt_voix": 38},
    pv(BETA, "C4", "2023-06-06", source_id=20, institution="CAR", raison_sociale="BETA", cp="01000", ud="01")
    | {"inscrits": 15},
    pv(DELTA, "C5", "2025-03-03", source_id=30, institution="CSE", raison_sociale="DELTA", cp="13001", ud="13")
    | {"idcc": "44", "inscrits": 20, "votants": 15, "sve": 15, "cgt_voix": 5, "cfdt_voix": 10},
    pv(GAMMA, "C4", "2021-05-04", source_id=40, institution="CSE", raison_sociale="GAMMA", cp="69001", ud="69")
    | {"idcc": "29", "inscrits": 1200, "votants": 900, "sve": 880, "cgt_voix": 300, "cfdt_voix": 580},
    pv(GAMMA, "C4", "2023-09-20", source_id=41, institution="CSE", raison_sociale="GAMMA OUEST", cp="69003", ud="69")
    | {"idcc": "29", "fd": "SANTE", "inscrits": 12, "votants": 10, "sve": 10, "cgt_voix": 0, "cfdt_voix": 10},
    pv(GAMMA, "C4", "2023-09-20", source_id=42, institution="CSE", raison_sociale="GAMMA EST", cp="69003", ud="69")
    | {"fd": "CHIMIE", "inscrits": 12, "votants": 8, "sve": 8, "cgt_voix": 1, "cfdt_voix": 7},
    pv(EPSILON, "C3", "2020-12-31", source_id=43, institution="CSE", raison_sociale="EPSILON", cp="59000", ud="59")
    | {"idcc": "16", "fd": "TRANSPORTS", "inscrits": 40, "votants": 0, "sve": 0},
]
LETTERS = [
    invitation(ALPHA, "2025-01-20", denomination="ALPHA", code_postal="75001", commune="Paris", ud="75"),
    invitation(ALPHA, "2025-06-02", denomination="ALPHA SAS", code_postal="75001", commune="Paris", ud="75"),
    invitation(BETA, "2022-03-15", denomination="BETA SARL", code_postal="01000", commune="Bourg-en-Bresse", ud="01"),
    invitation(ZETA, "2025-05-05", denomination="ZETA SA", code_postal="44000", commune="Nantes", ud="44"),
]
