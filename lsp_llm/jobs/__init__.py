"""Jobs: the pure edit session, and the runner that feeds it."""
