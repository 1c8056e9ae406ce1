"""Who has to act on what is owed, have they seen it, and who is told if they have not?"""
