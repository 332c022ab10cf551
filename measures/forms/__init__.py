"""What people fill in. Forms clean and explain; rights/roles.py decides rights, the models write."""
