"""Was it seen that harm adds up?"""
