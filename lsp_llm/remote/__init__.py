"""Clients and servers that are not joined by pipes: WebSocket and TCP, who is let in, how a lost link is renewed."""
