"""The frame around every page: what plugins gave, how it is asked for, rendered, kept and joined together."""
