"""Metrics of worker processes: the Temporal SDK's own, served for Prometheus."""

from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig

from runtime.settings import Settings


def serve_worker_metrics(settings: Settings) -> None:
    """Serve the SDK's metrics on `METRICS_PORT`, if set. Once a process, before its first Temporal client."""
    if settings.metrics_port is not None:
        metrics = PrometheusConfig(bind_address=f"{settings.host}:{settings.metrics_port}")
        Runtime.set_default(Runtime(telemetry=TelemetryConfig(metrics=metrics)))
