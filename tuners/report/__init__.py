"""Reports: what is said of a session, in text, Markdown, CSV, JSON, HTML and pictures.

`document` is what a report is made from; a module of `sections` is one section: its tables, chart, words and JSON rows;
a module of `formats` sets all sections in one way; `words` and `tables` say how values read; `summary` puts them in
sentences; `charts` has what sections draw with; `page` is what the HTML page is set in.
"""
