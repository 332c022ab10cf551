"""The verbs with which everything else asks for rows."""
