"""Who helps which children where, until when, and what became of those who were sent there?"""
