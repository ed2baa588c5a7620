"""The five servers of the local stack, a module each."""
