"""Who has what that others lack, and what is to be said about it. Pure."""
