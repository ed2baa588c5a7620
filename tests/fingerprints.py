"""The fingerprint of the workflows: the commands that each of their functions gives to Temporal, in source order.

A run that began before a deployment is replayed by the code after it, so a changed order of commands breaks it. What
counts: activities, children, timers, patches, search attributes, signals to others, continue-as-new, and the calls of
our own functions that give such commands. `python -m tests.fingerprints` writes the file that the test compares with.
"""

import ast
import json
from pathlib import Path

from tests.conftest import ROOT

COMMITTED = Path(__file__).parent / "unit" / "fingerprints.json"

_COMMANDS = frozenset(
    {
        *(f"{verb}_{what}" for verb in ("execute", "start") for what in ("activity", "local_activity")),
        *(f"{verb}_{what}_method" for verb in ("execute", "start") for what in ("activity", "local_activity")),
        *(f"{verb}_{what}_class" for verb in ("execute", "start") for what in ("activity", "local_activity")),
        *(f"{verb}_child_workflow" for verb in ("execute", "start")),
        *("sleep", "wait_for", "timeout", "wait_condition", "patched", "deprecate_patch"),
        *("upsert_search_attributes", "upsert_memo", "continue_as_new", "get_external_workflow_handle"),
    }
)
_OWNERS = frozenset({"workflow", "asyncio"})

Function = ast.FunctionDef | ast.AsyncFunctionDef


def fingerprints(folder: Path = ROOT / "workflows") -> dict[str, list[str]]:
    """For each function under `folder` that gives commands, named `module.Class.function`: its commands."""
    functions = {
        f"{path.stem}.{name}": function
        for path in sorted(folder.glob("*.py"))
        for name, function in _functions(ast.parse(path.read_text(encoding="utf-8")))
    }
    ours: set[str] = set()
    while True:  # a function that calls one that gives commands gives them too
        found = {name: _commands(function, ours) for name, function in functions.items()}
        giving = {name.rpartition(".")[2] for name, commands in found.items() if commands}
        if giving == ours:
            return {name: commands for name, commands in found.items() if commands}
        ours = giving


def _functions(tree: ast.Module) -> list[tuple[str, Function]]:
    found: list[tuple[str, Function]] = []
    for node in tree.body:
        if isinstance(node, Function):
            found.append((node.name, node))
        elif isinstance(node, ast.ClassDef):
            found += [(f"{node.name}.{item.name}", item) for item in node.body if isinstance(item, Function)]
    return found


def _commands(function: Function, ours: set[str]) -> list[str]:
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and _gives_command(node.func, ours)]
    calls.sort(key=lambda call: (call.lineno, call.col_offset))
    return [f"{ast.unparse(call.func)}({', '.join(map(ast.unparse, _told(call, ours)))})" for call in calls]


def _told(call: ast.Call, ours: set[str]) -> list[ast.expr]:
    """The first argument, and those that name functions of ours: what is handed on is called there, in that order."""
    return [argument for at, argument in enumerate(call.args) if at == 0 or _names_command(argument, ours)]


def _names_command(argument: ast.expr, ours: set[str]) -> bool:
    return any(isinstance(node, ast.Attribute) and _gives_command(node, ours) for node in ast.walk(argument))


def _gives_command(called: ast.expr, ours: set[str]) -> bool:
    if isinstance(called, ast.Name):
        return called.id in ours
    if not isinstance(called, ast.Attribute) or not isinstance(called.value, ast.Name):
        return False
    if called.value.id in _OWNERS:
        return called.attr in _COMMANDS
    return called.value.id == "self" and called.attr in ours


if __name__ == "__main__":
    COMMITTED.write_text(json.dumps(fingerprints(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
