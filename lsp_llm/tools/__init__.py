"""What a model may do by itself: tools, whose calls are approved, bounded and told; never a conversation."""
