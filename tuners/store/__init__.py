"""What is kept on disk, and how it is read again: plain files, which older and newer versions read, too.

One decoder reads them all. It passes over fields that it does not know, gives fields that are missing their defaults,
and names a field of a wrong type. Nothing here loads a library but msgspec, which checks types, when a file is read.

- `codec`: lines and documents of JSON, checksums, and the check of types.
- `files`: writing a file whole or not at all, and the lock of a folder.
- `trials`, `records`: a trial and a record as files hold them, and back.
- `journal`: writing the journal of a session, as it goes.
- `journal_lines`: the fields of a journal's lines.
- `journal_contents`: reading a journal.
- `journal_folder`: where journals lie, their order and their locks.
- `resumable`: the interrupted session that can be resumed, and what must not have changed since.
- `imported_code`: the files of code that a process has imported, and their digests.
- `saved`: saved runs, which are pytest-benchmark's JSON files.
- `saved_folder`: their numbers, and finding one by name, number, branch or commit.
- `benchmark_json`: the fields of these files.
- `side_files`: the trials beside a saved run.
- `agreement`: whether those trials are the ones that its records were made of.
"""
