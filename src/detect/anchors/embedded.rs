//! The tables of the built-in rules, made when the library was built.

use std::borrow::Cow;

use super::tables::buckets::{Buckets, Halves};
use super::tables::lookup::{Entry, Lookup};
use super::tables::sieve::Sieve;
use super::tables::words::{Seeker, Table, Word, Words};
use super::tables::{Anchor, Tables, User};
#[allow(unused_imports, reason = "there may be no rule that is found by its values")]
use crate::rules::{
    Shape,
    Start::{Anywhere, Edge, Part},
};

include!(concat!(env!("OUT_DIR"), "/embedded_anchors.rs"));
