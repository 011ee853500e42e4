"""The chat in a terminal: it speaks LSP to a server over a link, and knows no other way to it."""
