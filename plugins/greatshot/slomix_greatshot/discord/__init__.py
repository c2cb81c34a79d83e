"""What greatshot says in Discord. Imported in the bot role only."""
