"""What follows from the rounds of a session: validity, teams, results, findings. Pure, and re-runnable at any time."""
