"""What may be published, and which of its numbers are hidden so that no small one can be told?"""
