//! Whole stories through HTTP, the access walk and the architecture: see `tests/`.
