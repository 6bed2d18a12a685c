//! The pipeline: parallel producers, one reducer, deterministic order.
