"""What is told of perpetuals and of an account with them: topics, readers, what is known of each topic."""
