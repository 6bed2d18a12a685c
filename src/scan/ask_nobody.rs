//! The seam to the issuers, built without the `probe` feature: nobody can be asked.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use crate::issuer::Issuer;

/// Cannot be made: without the `probe` feature nothing reaches the network.
pub struct Asking<'p>(std::convert::Infallible, PhantomData<&'p ()>);

/// What making the findings left behind for the report.
#[derive(Default)]
pub(super) struct Log {
    pub(super) asked: BTreeMap<(Issuer, String), usize>,
    pub(super) notes: Vec<String>,
    pub(super) used: super::covers::Used,
}
