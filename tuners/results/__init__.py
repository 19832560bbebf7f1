"""What is measured, as plain data: the ground floor, on which everything else is built."""
