"""What others may see of the ratings: the newest state, blurred."""
