"""What can go wrong with a backup, in a sentence for whoever looks after it."""

from launcher.errors import LaunchError


class BackupError(LaunchError):
    """It could not be made, read, restored or verified."""
