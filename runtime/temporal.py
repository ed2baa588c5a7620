"""The Temporal client and the one plugin through which everything of ours is serialised and sandboxed."""

import dataclasses
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ValidationError
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.contrib.pydantic import PydanticPayloadConverter, pydantic_data_converter
from temporalio.converter import (
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
    create_payload_validation_error,
)
from temporalio.exceptions import ApplicationError
from temporalio.plugin import SimplePlugin
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

from runtime.codec import KeyringCodec
from runtime.settings import Settings

MAX_PAYLOAD_BYTES = 65_536
RPC_TIMEOUT = timedelta(seconds=5)

_PASSED_THROUGH = (
    "activities",
    "domain",
    "workflows.cancellation",
    "workflows.contracts",
    "workflows.decision",
    "workflows.policies",
    "workflows.saga",
)
"""Modules shared by all runs instead of being loaded for each: they hold no mutable state."""


class StrictPayloadConverter(PydanticPayloadConverter):
    """Ends a run whose input does not fit, naming fields and never values; refuses payloads over 64 KiB.

    The stock converter leaves such a run failing its workflow task for ever, and a Pydantic error as cause would
    write the rejected value into history. Payloads are ids and counts here, so a large one is a defect, and over
    the server's own limit it would be retried for ever.
    """

    def to_payloads(self, values: Sequence[Any]) -> list[Payload]:
        payloads = super().to_payloads(values)
        if any(len(payload.data) > MAX_PAYLOAD_BYTES for payload in payloads):
            raise ApplicationError("payload over 64 KiB", type="PayloadTooLarge", non_retryable=True)
        return payloads

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        try:
            values = super().from_payloads(payloads, type_hints)
        except ValidationError as err:
            where = [{"loc": list(e["loc"]), "type": e["type"]} for e in err.errors(include_input=False)]
        else:
            # "Nothing" has an encoding of its own, which no type is held against.
            where = [
                {"loc": [], "type": "none_not_allowed"}
                for value, hint in zip(values, type_hints or (), strict=False)
                if value is None and isinstance(hint, type) and issubclass(hint, BaseModel)
            ]
            if not where:
                return values
        raise create_payload_validation_error(where)  # outside the except block: no cause, hence no input text


def sandbox_runner() -> SandboxedWorkflowRunner:
    """The workflow sandbox: only our own contracts and rules pass through, any other import fails at worker start."""
    restrictions = dataclasses.replace(
        SandboxRestrictions.default.with_passthrough_modules(*_PASSED_THROUGH),
        import_notification_policy=SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
        | SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH,
    )
    return SandboxedWorkflowRunner(restrictions=restrictions)


def temporal_plugin(codec: PayloadCodec | None = None) -> SimplePlugin:
    """The plugin of API, workers, tests and replay. Pass it to the client (or `Replayer`); workers inherit it."""
    converter = dataclasses.replace(
        pydantic_data_converter,
        payload_converter_class=StrictPayloadConverter,
        payload_codec=codec,
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
    return SimplePlugin("talentflow", data_converter=converter, workflow_runner=lambda _: sandbox_runner())


def payload_codec(settings: Settings) -> KeyringCodec | None:
    """The codec of `PAYLOAD_KEYS`, or None where payloads travel readable."""
    return KeyringCodec.from_text(settings.payload_keys.get_secret_value()) if settings.payload_keys else None


async def connect(settings: Settings, *, lazy: bool = False) -> Client:
    """The one client of a process. With `lazy`, the first call connects, so the API starts before Temporal does."""
    return await Client.connect(
        settings.temporal_address,
        namespace=settings.temporal_namespace,
        api_key=settings.temporal_api_key.get_secret_value() if settings.temporal_api_key else None,
        tls=settings.temporal_api_key is not None,
        plugins=[temporal_plugin(payload_codec(settings))],
        lazy=lazy,
    )
