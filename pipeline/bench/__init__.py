"""`make bench`: measures runs against a GitHub and the publishing steps on both databases, never on the user's own."""
