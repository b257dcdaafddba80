"""What people read of matches, from stored rows alone: values for pages, and words for values."""
