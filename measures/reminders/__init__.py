"""Who is reminded of what, and how it reaches them: mail, and calendars of due dates."""
