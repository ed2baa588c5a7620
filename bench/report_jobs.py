"""How the figures of searching for job offers are printed."""

from statistics import median

from bench.jobs import IDENTICAL, LATENCIES, Measured
from bench.report import spread, table


def jobs(measured: Measured) -> str:
    slowest, whole = median(measured.slowest), median(measured.whole)
    rows = [
        ["the slowest source read by itself", spread(measured.slowest)],
        ["all sources read one after the other by plain calls", spread(measured.in_turn)],
        ["search, request → completed", spread(measured.whole), "aim: ≤ slowest source + 500 ms"],
        ["that beyond the slowest source", f"{(whole - slowest) * 1000:.0f} ms"],
        ["one after the other over the search", f"{median(measured.in_turn) / whole:.1f} times"],
        ["first source's answer → offers in the status", spread(measured.first_status), "aim: ≤ 500 ms"],
        ["first source's answer → event with offers", spread(measured.first_event), "aim: ≤ 500 ms"],
        [f"{IDENTICAL} identical searches at once, the last completed", f"{measured.identical:.1f} s"],
        ["calls of a source for all of them", f"{measured.calls} times those of one search", "aim: 1"],
        ["validation, no search running", spread(measured.undisturbed)],
        [f"validation beside {measured.still_running} searches that wait", spread(measured.beside)],
        ["that over the undisturbed", f"{median(measured.beside) / median(measured.undisturbed):.1f} times"],
    ]
    latencies = ", ".join(f"{name} {seconds} s" for name, seconds in LATENCIES.items())
    return table(f"job search, stub sources that take for each call: {latencies}", rows)
