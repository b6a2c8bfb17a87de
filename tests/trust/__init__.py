"""What a hostile repository, configuration or neighbour may try."""
