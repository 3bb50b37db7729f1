"""Stories in a real browser.

The main one, from the published row to sign-off, and what hangs on it run on both databases. What a browser adds to
the rest is the same on either, so those run on one; over HTTP all of it is tested on both.
"""
