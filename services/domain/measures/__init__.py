"""What is counted, of how many, and which facts of a child's chronology count?"""
