"""What is paid for a period, and what is outstanding: reckoned purely, and kept in the database."""
