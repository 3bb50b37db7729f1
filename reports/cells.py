"""How workbooks are written so that what was typed stays text."""

# What a workbook's reader takes for the beginning of something else stays text.
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
MOST_IN_CELL = 32_767  # characters, by the format
