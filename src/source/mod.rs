//! Where bytes come from: files and standard input. Each source yields blobs.
