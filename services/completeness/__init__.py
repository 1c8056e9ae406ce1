"""Did the referral say what the reader must know?"""
