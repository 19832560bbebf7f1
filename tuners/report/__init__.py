"""Reports: records -> rows -> text, Markdown, CSV, JSON.

`statistics` is the arithmetic, `evaluation` and `comparison` make rows, `columns` names and formats
their values once for all, `document` orders them, and `formats` sets them.
"""
