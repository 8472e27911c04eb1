"""The pages above the editions: the site's front page, and one for each municipality."""
