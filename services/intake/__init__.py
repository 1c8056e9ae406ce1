"""May this agency say this, is it well formed, and whose record is it?"""
