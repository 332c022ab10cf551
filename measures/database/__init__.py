"""What the database itself enforces and holds: triggers, locks, schema, replica, backups. No models."""
