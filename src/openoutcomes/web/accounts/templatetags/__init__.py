"""What the pages of accounts add to the language of templates."""
