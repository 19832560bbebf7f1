"""What a comparison does however it is asked for: on pytest's command line, in Python, or of a file.

- `options`, `values`: the options, each written once, and what their values are read by.
- `header`: what is compared, in words.
- `before`, `building`: what is checked, said and recorded before the first cell.
- `cell`, `heard`: what comes of a cell, and what is heard of it while it goes on.
- `session_journal`, `measured`, `messages`, `progress`: the parts of a session that remember and tell.
- `conclusion`: the report of a session, and what a saved run says of it.
"""
