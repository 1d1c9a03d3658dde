"""Reading from GitHub in parallel: one stream a language and one for the Render ecosystem. No database here."""
