"""Text: what is safe to print, how values are shown, and the words that people use."""
