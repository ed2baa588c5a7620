"""What runs leave behind for operators to read, searched for what must not be there."""

from collections.abc import Sequence

from temporalio.client import Client

from tests.waiting import until


class Evidence:
    """What is left of runs for somebody without the keys to read; none of the `marks` may be in it."""

    def __init__(self, reader: Client, marks: Sequence[str]) -> None:
        self._reader = reader
        self._marks = marks
        self._found: list[bytes] = []

    async def gather(self, *workflow_ids: str) -> None:
        """Add the histories, descriptions and visibility rows of these runs, as bytes."""
        for workflow_id in workflow_ids:
            handle = self._reader.get_workflow_handle(workflow_id)
            self._found += [event.SerializeToString() async for event in handle.fetch_history_events()]
            self._found.append((await handle.describe()).raw_description.SerializeToString())

            async def listed(workflow_id: str = workflow_id) -> list[bytes]:
                query = f'WorkflowId="{workflow_id}"'
                return [run.raw_info.SerializeToString() async for run in self._reader.list_workflows(query)]

            self._found += await until(listed)

    def add(self, *texts: str) -> None:
        self._found += [text.encode() for text in texts]

    def assert_clean(self) -> None:
        """None of the marks is in any of it."""
        assert len(self._found) > 10
        for mark in self._marks:
            assert [found for found in self._found if mark.encode() in found] == []
