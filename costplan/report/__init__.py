"""How results are told: tables, documents and charts. It formats; it calculates nothing.

Each module turns one kind of result into `Table` values or into a document of plain lists and
dicts. Writing either to a stream or a file is the command line's part.
"""
