"""What follows from whole sessions, stored: standing of rounds, teams, findings, and sums over the valid rounds."""
