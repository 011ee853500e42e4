"""One file per verb; each answers at once and leaves the work to a job."""
