"""What can be imported, in one table."""

from collections.abc import Mapping
from typing import Any

from portal.imports.subject import Subject
from portal.imports.topology.subject import Topology
from portal.imports.users.subject import UsersAndTags

SUBJECTS: Mapping[str, Subject[Any, Any]] = {subject.name: subject for subject in (UsersAndTags(), Topology())}
