"""Streaming filters between the decoder and the document; each is independent of how its input was cut."""
