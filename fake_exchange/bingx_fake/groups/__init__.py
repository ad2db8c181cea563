"""What each endpoint does, as functions of the books and an admitted call. No web types here."""
