"""The routes, one module a service."""
