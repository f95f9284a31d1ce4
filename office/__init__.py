"""The private desk: unit heads, form checkers, leaders, clerks, administrators."""
