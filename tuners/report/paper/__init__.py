"""What a paper needs of a report: text that TeX sets as it is, figures, what was used with its references, methods."""
