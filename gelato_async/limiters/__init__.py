"""Who may send when. `base` says what a limiter is, `local` is the one for a single process."""
