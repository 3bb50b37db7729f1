"""Every limit of reading, in one place. A plan of 12,000 tasks, a hundred times the sample, stays within them.

A hostile file must be refused within 10 seconds and 300 MiB. One child parses, another makes meaning of the grid,
one after the other; the server's own process holds the document and what they answer, and looks into neither.
"""

MIB = 2**20

# The file. A Word or PDF document with its pictures may be large; 12,000 tasks as text are 5 MiB.
MOST_BYTES = 20 * MIB
MOST_TEXT_BYTES = 10 * MIB

# The container. Word writes about 20 parts, a workbook a few for each sheet.
MOST_PARTS = 2_000
MOST_INFLATED = 150 * MIB  # all parts together, counted while they are inflated
MOST_XML = 96 * MIB  # one part that is read: 12,000 rows as Word writes them are some 60 MiB
MOST_RATIO = 200  # of a part that inflates to more than FREE_OF_RATIO; repetitive tables reach 60
FREE_OF_RATIO = 4 * MIB

# The grid.
MOST_COLUMNS = 256  # of one table: wider ones are no table of tasks, and gridSpan can claim millions
MOST_ROWS = 50_000  # of one table: a row number beyond is a stray cell
MOST_PLACES = 250_000  # cells of all tables, merged ones counted in every place they cover
MOST_LINES = 2 * MOST_PLACES  # of a text
MOST_STORED_CELLS = 2 * MOST_PLACES  # of a sheet, with those that hold only a colour
MOST_CHARACTERS = 20_000  # of one cell or paragraph
MOST_TEXT = 8_000_000  # characters of the whole document
MOST_PAGES = 200  # of a PDF
MOST_DOUBTS = 500  # of a reader: beyond, one more tells a person nothing

# The child processes.
MEMORY = 208 * MIB  # address space: with some 80 MiB for the server's process it stays under 300
MEANING_MEMORY = 240 * MIB  # address space of the one that makes meaning of the grid: 12,000 rows take 160
START_SECONDS = 6  # of its own work, before it has to show rows
ALL_SECONDS = 8  # of parsing and of making meaning together, before there have to be rows
LEAST_SECONDS = 3  # for making meaning, whatever parsing has taken
ROWS_A_SECOND = 400  # that earn more time: 12,000 rows are parsed at 2,000 a second and understood at 1,500
MOST_SECONDS = 150  # whatever is earned
SILENT_SECONDS = 40  # by the clock without any progress, where a busy machine gives it only a part of its time
AT_ONCE = 2  # children of one server process: more readers wait for their turn
MOST_ANSWER = 64 * MIB  # what a child may send: a grid of the largest kind is some 30 MiB
OFFICE_SECONDS = 60  # by the clock: LibreOffice starts slowly, and only where an old .doc asks for it
OFFICE_CPU_SECONDS = 20  # of its own work: the sample takes 3
OFFICE_MEMORY = 4 * 2**10 * MIB  # address space, of which it reserves far more than it uses
OFFICE_FILE = 64 * MIB  # any file that it writes
