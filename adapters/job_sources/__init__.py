"""The job boards that offers are read from, one module each. No database and no Temporal in here."""
