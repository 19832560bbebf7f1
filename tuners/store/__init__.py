"""What is kept on disk: saved runs, side files and journals, read by one decoder."""
