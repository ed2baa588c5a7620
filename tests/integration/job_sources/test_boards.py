"""The stub servers are steered over HTTP as well."""

import httpx

from adapters.job_sources.registry import JobSources
from tests.integration.job_sources.reading import failure, read
from tests.stubs.job_boards import JobBoards


async def test_faults_come_when_told_and_end(boards: JobBoards, sources: JobSources) -> None:
    arbeitnow = sources.by_name["arbeitnow"]
    async with httpx.AsyncClient(base_url=boards.url, trust_env=False) as control:
        fault = {"source": "arbeitnow", "mode": "status", "value": 503, "after": 1, "count": 1}
        await control.post("/__stub/faults", json=fault)
        assert (await failure(arbeitnow)).code == "upstream_5xx"  # the second page
        assert (await read(arbeitnow)).ads
        told = (await control.get("/__stub/requests")).json()
        assert [call["query"]["page"] for call in told] == [["1"], ["2"], ["1"], ["2"], ["3"]]
        assert {call["source"] for call in told} == {"arbeitnow"}
        await control.post("/__stub/faults", json={"source": "arbeitnow", "mode": "drop"})
        await control.post("/__stub/reset")
        assert (await control.get("/__stub/requests")).json() == []
    assert (await read(arbeitnow)).ads
