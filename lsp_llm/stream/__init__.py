"""From bytes to events to text; pure, and never dependent on how the input was cut (law L4)."""
