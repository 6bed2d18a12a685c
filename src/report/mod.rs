//! One file per format, all from the same [`crate::finding::Report`].
