"""One module per noun: keyword-only functions that check access first and write in one transaction."""
