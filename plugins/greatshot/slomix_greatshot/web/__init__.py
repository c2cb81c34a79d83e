"""The pages of greatshot, by the hooks of the dashboard. Imported where the dashboard is."""
