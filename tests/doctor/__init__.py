"""`keylint doctor`: against real programs, and against the vendors' documented answers."""
