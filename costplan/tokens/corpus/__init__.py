"""Whole corpora: files and folders as a stream of documents, counted in batches.

What is held at a time is a batch of a few megabytes, however large the files are.
"""

from __future__ import annotations

from costplan.tokens.corpus.counting import Tally, count_corpus, count_requests
from costplan.tokens.corpus.documents import Document, Reading
from costplan.tokens.corpus.sources import STANDARD_INPUT, Source, find_sources
from costplan.tokens.corpus.spread import Spread, sample_of
from costplan.tokens.corpus.streams import read_documents
from costplan.tokens.corpus.workers import Workers

__all__ = [
    "STANDARD_INPUT",
    "Document",
    "Reading",
    "Source",
    "Spread",
    "Tally",
    "Workers",
    "count_corpus",
    "count_requests",
    "find_sources",
    "read_documents",
    "sample_of",
]
