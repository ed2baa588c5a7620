"""The durable steps: what a workflow asks for, done through injected adapters, safe to run twice."""
