"""The pages of this room, by who meets them."""
