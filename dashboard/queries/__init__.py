"""What the pages ask, by intent: one module a subject. Page, JSON and feed share them; nothing renders."""
