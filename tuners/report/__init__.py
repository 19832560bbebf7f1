"""Reports: records and runs -> rows -> text, Markdown, CSV, JSON, HTML, pictures.

`statistics` is the arithmetic; `evaluation`, `comparison`, `ranking`, `anytime`, `costs` and `landscape` make rows;
`verdict` puts them in words; `columns` names and formats their values once for all; `document` orders them; `charts`
draws them; `formats` sets them, with `html` and `images` for what is long.
"""
