"""What will the local policing body publish about an inspection, by when, on what evidence?"""
