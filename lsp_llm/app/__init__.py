"""The composition root: builds every part and wires the ports; it holds no logic."""
