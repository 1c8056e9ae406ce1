"""What do we know about each child's gaps, and since when?"""
