"""What waits for one person, over all checklists in which they have a role: the page `/` and its count."""
