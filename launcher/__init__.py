"""The `charge-portal` command: starts, watches and stops the processes of one installation."""
