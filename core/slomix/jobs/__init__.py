"""The job queue: PgQueuer, known by name only inside this package."""
