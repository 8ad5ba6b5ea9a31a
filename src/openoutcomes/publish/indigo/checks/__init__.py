"""Looking for faults: each module holds small functions that yield faults and change nothing."""
