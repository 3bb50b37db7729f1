"""The fault run: processes are killed between any two steps, and nothing that was acknowledged is lost or doubled."""
