"""Import of the topology from Excel or CSV."""

from portal.imports.subjects import SUBJECTS
from portal.pages.imports import ImportView


class ImportTopologyView(ImportView):
    route_base = "/topology/import"
    subject = SUBJECTS["topology"]
    start_template = "import_topology.html"
