"""Model hosts: pure codecs (one file a dialect) and the one transport that speaks HTTP."""
