"""What does the PCC, a force, an agency, a reviewer need to see?"""
