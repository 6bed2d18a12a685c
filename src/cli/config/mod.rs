//! `skelkey.toml`: what is written, where it comes from, and one configuration out of several files.

mod extends;
mod fields;
mod load;
mod mistake;
mod store;

pub(crate) use self::extends::{Extends, GitFile};
pub(crate) use self::fields::{Allow, Config, PolicyPath, Rules};
pub(crate) use self::load::{Elsewhere, Loaded, Trust, Where, load};
pub(crate) use self::store::Store;
