"""What the bot role shows. Nothing else imports discord."""
