"""Settings as frozen values, the layers they come from, and where secrets are found."""
