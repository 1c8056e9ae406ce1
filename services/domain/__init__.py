"""What is right: pure functions over a child's chronology. No clock, no input or output."""
