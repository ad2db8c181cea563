"""How coins come and go."""
