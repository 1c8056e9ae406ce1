"""How is a document written as a file of each format?"""
