"""Pictures drawn by Pillow: fonts of our own, text that always fits, and a card's canvas. Imports no Django."""
