"""How does a local policing body answer an inspection: by when, in what order, in which words?"""
