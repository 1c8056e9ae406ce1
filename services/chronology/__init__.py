"""What has happened to this child, in order?"""
