"""What a file is taken to hold and which rows count: proposed with rows, money and reason, for people to change."""
