"""One run shared by many workers: its streams and batches are parts that any of them takes from the database."""
