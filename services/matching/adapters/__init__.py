"""What leaves the process: other services, the solver's own process, the catalogues of texts."""
