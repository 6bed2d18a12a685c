//! The parts of the library's `rules` that building needs.

#[path = "../src/rules/assigned.rs"]
pub(crate) mod assigned;
#[path = "../src/rules/document.rs"]
pub(crate) mod document;
#[path = "../src/rules/hash.rs"]
pub(crate) mod hash;
#[path = "../src/rules/packed.rs"]
pub(crate) mod packed;
#[path = "../src/rules/reading.rs"]
pub(crate) mod reading;
#[path = "../src/rules/shape.rs"]
pub(crate) mod shape;
#[path = "../src/rules/syntax.rs"]
pub(crate) mod syntax;

pub(crate) use self::assigned::LONGEST_VALUE;
pub(crate) use self::shape::{Seek, Shape, Start};
