"""Was what is owed by a certain time done by then?"""
