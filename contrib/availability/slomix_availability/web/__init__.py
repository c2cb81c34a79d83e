"""The pages of availability on the dashboard. Imported only where `webui` runs, or for the answers that are sent."""
