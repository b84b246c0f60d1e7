"""What an operation is, and what all of them share: reading what is asked, pages, what is kept."""
