"""One typed view model per page, made by pure functions from what the stats reader answers."""
