"""Is every child seen as a child, whoever they are?"""
