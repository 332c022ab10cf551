"""Who is reminded of what, and how it reaches them: mail."""
