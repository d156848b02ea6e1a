"""Assessment rounds: who is to rate whom, the forms that go out, and the answers that come back as records."""
