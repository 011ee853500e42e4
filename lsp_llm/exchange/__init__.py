"""The words that prompts, streams, providers and status share; values only, no behaviour."""
