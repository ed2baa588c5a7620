"""Pure types and rules of recruitment: no I/O, no framework, no clock of its own."""
