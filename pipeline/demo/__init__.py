"""An embedded GitHub: a made-up universe and a small HTTP server that speaks GitHub's wire format."""
