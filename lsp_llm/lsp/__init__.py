"""The edge: the only folder that knows pygls, lsprotocol, positions and frames."""
