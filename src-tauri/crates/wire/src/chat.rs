//! Chat Completions: what a client says and what it is told.
