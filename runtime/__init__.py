"""What every process needs before it does anything: settings, the Temporal client, logging, telemetry."""
