"""Documents that leave the ledger: workbooks, official documents, dossiers. What they count comes from `reports`.

They are in Chinese, whatever the reader's language: they are filed and sent on. Each states the filters, the moment and
the person it was taken with (`taken.py`), and holds nothing that this person could not see on the pages.
"""
