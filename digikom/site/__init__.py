"""The published site: how editions are put in it, and the pages above them."""
