"""Perfect players of games that can be solved: they judge what others have learned."""
