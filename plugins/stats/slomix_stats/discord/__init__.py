"""Stats in Discord: `/stats`, and a post for every round. `discord` is imported only when a bot is built."""
