"""docs/operations.md, followed on a fresh Debian 13 with systemd: `make book-test`."""
