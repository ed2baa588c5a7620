"""The recipes of README and docs/api.md do what they say, run in this order in one shell against a stack of its own."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedded.seed import ADMIN, CANDIDATE, RECRUITER
from tests.conftest import ROOT
from tests.e2e.conftest import RunningStack

README = (ROOT / "README.md").read_text(encoding="utf-8")
RECIPES = README + (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
SECRET = "the-readers-own-secret"
RECIPE_SECONDS = 120


def blocks(kind: str) -> list[tuple[str, str]]:
    """The fenced blocks whose info string begins with `kind`: what follows it there, and the code."""
    return re.findall(rf"^```{kind}(\S*)\n(.*?)^```$", RECIPES, re.MULTILINE | re.DOTALL)


def documents(output: str) -> list[Any]:
    """The JSON documents that a recipe printed one after the other."""
    decoder, found, rest = json.JSONDecoder(), [], output.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        found.append(value)
        rest = rest[end:].strip()
    return found


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The webhook receiver of docs/api.md, at work under this URL."""
    program = tmp_path_factory.mktemp("receiver") / "receiver.py"
    program.write_text(blocks("python receiver")[0][1], encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**os.environ, "SECRET": SECRET, "RECEIVER_PORT": str(port)}
    with subprocess.Popen(  # noqa: S603 - our own documentation's program
        [sys.executable, str(program)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield f"http://127.0.0.1:{port}/", process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def printed(stack: RunningStack, receiver: tuple[str, subprocess.Popen[str]]) -> dict[str, str]:
    """What each recipe printed, by its name."""
    missing = [name for name in ("curl", "jq") if shutil.which(name) is None]
    if missing:
        pytest.skip(f"the recipes need {', '.join(missing)}")
    recipes = blocks("sh recipe=")
    script = "set -euo pipefail\n" + "".join(f"{code}\nprintf '\\n<%s>\\n' {name}\n" for name, code in recipes)
    done = subprocess.run(  # noqa: S603 - our own documentation's recipes
        ["/bin/bash", "-c", script.replace(".venv/bin/", f"{Path(sys.executable).parent}/")],
        cwd=ROOT,
        env={
            **os.environ,
            "API": stack.api,
            "TEMPORAL_ADDRESS": stack.temporal,
            "RECEIVER": receiver[0],
            "SECRET": SECRET,
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        },
        capture_output=True,
        text=True,
        timeout=RECIPE_SECONDS,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    parts = re.split(r"\n<(\w+)>\n", done.stdout)
    return dict(zip(parts[1::2], parts[0::2], strict=False))


def test_a_recruiter_logs_in_and_lists_offers(printed: dict[str, str]) -> None:
    assert documents(printed["login"]) in ([0], [1])


def test_offers_are_created(printed: dict[str, str]) -> None:
    samples = json.loads((ROOT / "samples" / "offers.json").read_text(encoding="utf-8"))
    assert len(set(printed["offers"].strip().split(","))) == 1 + len(samples)


def test_a_repeated_upload_is_the_same_job_and_becomes_a_profile(printed: dict[str, str]) -> None:
    job_id = printed["upload"].strip()
    assert re.fullmatch(r"[0-9a-f-]{36}", job_id)
    (result,) = documents(printed["result"])
    assert result["status"] == "done"
    assert result["name"] == "Claire Moreau"
    assert result["read_by"] == "rules"
    assert result["months"] > 60
    assert result["matching"]["job_id"] == f"matching-bulk-{job_id}"


def test_the_stages_are_watched(printed: dict[str, str]) -> None:
    events = documents(printed["events"])
    told = [(event["status"], event["stage"]) for event in events]
    stages = [("running", stage) for stage in ("read", "extract", "save")]
    assert told == [("pending", None), *stages, ("done", None)]


def test_the_ranking_names_the_right_offer_first_and_explains(printed: dict[str, str]) -> None:
    lines, _, explanation = printed["ranking"].partition("{")
    ranked = lines.strip().splitlines()
    assert len(ranked) == 5
    assert "Python" in ranked[0]
    scores = [float(line.split()[1]) for line in ranked]
    assert scores == sorted(scores, reverse=True)
    explained = json.loads("{" + explanation)
    assert explained["score"] == scores[1]
    assert explained["strengths"]


def test_a_single_pair_is_scored(printed: dict[str, str]) -> None:
    (score,) = documents(printed["pair"])
    assert score["job_id"].startswith("matching-")
    assert score["category"] in ("excellent", "good")


def test_all_open_offers_are_ranked_and_exported(printed: dict[str, str]) -> None:
    progress, header, *best = printed["bulk"].strip().splitlines()
    counted = json.loads(progress)
    assert counted["done"] == counted["total"] > 5
    assert counted["percent"] == 100
    assert header.removeprefix("\ufeff") == "rang;titre;score;catégorie"
    assert [line.split(";")[0] for line in best] == ["1", "2"]
    assert float(best[0].split(";")[2].replace(",", ".")) > 0.5


def test_the_candidate_is_validated(printed: dict[str, str]) -> None:
    submitted, accepted, decided = printed["validate"].strip().splitlines()
    assert submitted == "SUBMITTED"
    assert json.loads(accepted) == dict.fromkeys(("status_update", "indexation", "notification"), "pending")
    actions = dict.fromkeys(("status_update", "indexation", "notification"), "completed")
    assert json.loads(decided) == {"status": "completed", "by": "Alice Martin", "actions": actions}


def test_the_recruiter_finds_them_and_the_look_is_kept(printed: dict[str, str]) -> None:
    found, _, log = printed["search"].rpartition("}")
    hits, person = documents(found + "}")
    assert hits["total"] == len(hits["hits"]) == 1
    assert "<mark>" in json.dumps(hits["hits"][0]["highlights"])
    assert hits["cities"]
    assert person["last_name"].lower() == "moreau"
    assert log.strip().splitlines() == ["VIEW_PROFILE Rémi Lefèvre", "VALIDATE_CANDIDATE Alice Martin"]


def test_election_data_is_imported_and_rows_refused_one_by_one(printed: dict[str, str]) -> None:
    imports = [json.loads(line) for line in printed["import"].splitlines() if line.startswith("{")]
    assert [done["status"] for done in imports] == ["completed", "completed"]
    for done in imports:
        counts = done["counts"]
        kept = counts["inserted"] + counts["updated"] + counts["unchanged"]
        assert counts["rows_read"] == kept + counts["rejected"]
        assert counts["inserted"] > 100
        assert done["rejects_by_reason"]
    assert printed["import"].count("type;ligne;colonne;valeur;motif;message") == 2


def test_the_summary_is_rebuilt_and_read(printed: dict[str, str]) -> None:
    started, built, *rows = printed["summary"].strip().splitlines()
    assert started == "started"
    done = json.loads(built)
    assert (done["status"], done["progress"]["percent"]) == ("completed", 100.0)
    assert done["result"]["rows"] > 100
    row, *elections = documents("\n".join(rows))
    assert (row["siret"], row["statut_pap"], row["inscrits_c4"]) == ("01234567890123", "C3+C4", 90)
    assert [election["cycle"] for election in elections if election["retained"]] == ["C3", "C4"]


def test_job_offers_are_found_whatever_the_sources_do(printed: dict[str, str]) -> None:
    (search,) = documents(printed["jobs"])
    assert search["status"] == "completed"
    assert search["sources"]["catalogue"] == "completed"
    assert {search["sources"][name] for name in ("france_travail", "adzuna")} == {"skipped"}
    assert search["first"]


def test_the_receiver_gets_a_genuine_announcement(
    printed: dict[str, str], receiver: tuple[str, subprocess.Popen[str]]
) -> None:
    assert documents(printed["webhook"]) == [{"outcome": "delivered", "attempts": [204]}]
    assert receiver[1].stdout is not None
    _, _, body = receiver[1].stdout.readline().partition(" ")
    announced = json.loads(body)
    assert announced["status"] == "done"
    assert announced["data"]["data"]["personal_info"]["email"] == "oliver.bennett@example.com"


def test_an_unwanted_job_ends(printed: dict[str, str]) -> None:
    asked, ended = printed["cancel"].split()
    assert asked in ("pending", "running", "done")
    assert ended in ("cancelled", "done")
    assert asked != "pending" or ended == "cancelled"


def test_a_failed_job_is_run_again(printed: dict[str, str]) -> None:
    first, message, second = printed["retry"].strip().splitlines()
    failure = json.loads(first)
    assert failure == {**failure, "error_type": "BadDocument", "retries": 0}
    assert "PDF" in failure["error"]
    assert message == "Relance lancée"
    assert json.loads(second) == {"error_type": "BadDocument", "retries": 1}  # the file is as broken as before


def test_an_erased_job_is_gone(printed: dict[str, str]) -> None:
    assert printed["delete"].split() == ["204", "404"]


def test_operators_find_the_job_with_the_cli(printed: dict[str, str]) -> None:
    job_id = printed["upload"].strip()
    assert "COMPLETED" in printed["operate"]
    assert "WorkflowExecutionCompleted" in printed["operate"]
    assert printed["operate"].count(job_id) >= 2  # described, and found in the list by its stage
    assert "Pollers" in printed["operate"]


def test_the_accounts_of_the_readme_are_the_stacks() -> None:
    told = re.findall(r"^\| `(\S+@\S+)` \| `(\S+)` \| (\w+) \|$", README, re.MULTILINE)
    assert told == [(user.email, user.password, user.role) for user in (ADMIN, RECRUITER, CANDIDATE)]
