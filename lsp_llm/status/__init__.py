"""What is said while a job runs: a closed union of events and the hub that hands them on; pure."""
