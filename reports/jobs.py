"""Which kinds of work run in the background. A new one is a `Kind` and a line here."""

from reports.documents.many import DOSSIERS
from reports.documents.papers import PAPERS
from workflow.bulk import BULK
from workflow.jobs import Kind

KINDS: dict[str, Kind] = {kind.name: kind for kind in (BULK, DOSSIERS, PAPERS)}
