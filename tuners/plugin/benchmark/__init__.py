"""All that is pytest-benchmark's: its session, its fixture, what it saves, and what it compares with.

Nothing else of the plugin touches its objects: hooks and fixtures of its names pass them on. Each of the two has a
version here for sessions under `-p no:benchmark`, so that the rest need not ask.

- `session`: its session: what it saves and lists.
- `content`: the content of the files that it saves.
- `fixture`: its fixture: the time of one cell.
- `baseline`: which saved run it compares with.
"""
