"""Did somebody else look at the work, and was whoever did it trained?"""
