"""The mirror itself: is it like the sites, and does it fail as it says?"""
