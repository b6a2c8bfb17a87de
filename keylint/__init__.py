"""keylint finds the line that makes an LLM API answer 401, and the key that leaks, before the program runs."""

__version__ = "0.1.0"
