"""What is known: tables, migrations, and every SQL statement of the backend, one repository module a noun."""
