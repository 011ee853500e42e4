"""The pictures of the README and of the editors' pages: recordings of the real programs, made by `make pictures`."""
