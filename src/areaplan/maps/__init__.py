"""The room that draws: the review page, and maps for notebooks."""
