"""What people and programs see: pages, forms, commands. Thin: parse, ask, render."""
