"""What if the scheme were another: a stored run's facts appraised by changed rules, and what becomes of whom."""
