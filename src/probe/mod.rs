//! Asking the issuer: one HTTP client, one file per issuer, GET only.
