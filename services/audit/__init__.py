"""Is the record of who did what with children's data whole, and who may read it?"""
