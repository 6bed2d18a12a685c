//! Documents as one run of bytes. The built-in ones are packed when the library is built and unpacked rule by rule:
//! constants that point to each other would have to be set right by the loader, all of them at every start.
//!
//! An item is where it stands (two numbers), a sign for what it is, and its value; a text is its length and its bytes,
//! a list or table its length and its elements. Numbers take four bytes, the lowest first.

use std::borrow::Cow;
use std::ops::Range;

use super::document::{Entry, Item, Value};

const TEXT: u8 = 0;
const INTEGER: u8 = 1;
const FLOAT: u8 = 2;
const FALSE: u8 = 3;
const TRUE: u8 = 4;
const TIME: u8 = 5;
const LIST: u8 = 6;
const TABLE: u8 = 7;

/// Appends an item.
pub(crate) fn pack(item: &Item<'_>, into: &mut Vec<u8>) {
    pack_range(&item.at, into);
    match &item.value {
        Value::Text(text) => pack_text(TEXT, text, into),
        Value::Integer(digits, radix) => {
            pack_text(INTEGER, digits, into);
            pack_number(*radix as usize, into);
        }
        Value::Float(digits) => pack_text(FLOAT, digits, into),
        Value::Boolean(truth) => into.push(if *truth { TRUE } else { FALSE }),
        Value::Time => into.push(TIME),
        Value::List(items) => {
            into.push(LIST);
            pack_number(items.len(), into);
            for item in items {
                pack(item, into);
            }
        }
        Value::Table(entries) => {
            into.push(TABLE);
            pack_number(entries.len(), into);
            for entry in entries {
                pack_number(entry.key.len(), into);
                into.extend(entry.key.as_bytes());
                pack_range(&entry.at, into);
                pack(&entry.item, into);
            }
        }
    }
}

fn pack_text(sign: u8, text: &str, into: &mut Vec<u8>) {
    into.push(sign);
    pack_number(text.len(), into);
    into.extend(text.as_bytes());
}

fn pack_range(range: &Range<usize>, into: &mut Vec<u8>) {
    pack_number(range.start, into);
    pack_number(range.end, into);
}

fn pack_number(number: usize, into: &mut Vec<u8>) {
    into.extend(u32::try_from(number).expect("a rule file is no larger than 4 GiB").to_le_bytes());
}

/// The item that begins at a place of packed bytes.
pub(crate) fn unpack(bytes: &'static [u8], at: usize) -> Item<'static> {
    Packed { rest: &bytes[at..] }.item().expect("what is unpacked was packed")
}

struct Packed {
    rest: &'static [u8],
}

impl Packed {
    fn item(&mut self) -> Option<Item<'static>> {
        let at = self.range()?;
        let value = match self.take(1)?[0] {
            TEXT => Value::Text(self.text()?),
            INTEGER => Value::Integer(self.text()?, u32::try_from(self.number()?).ok()?),
            FLOAT => Value::Float(self.text()?),
            FALSE => Value::Boolean(false),
            TRUE => Value::Boolean(true),
            TIME => Value::Time,
            LIST => {
                let length = self.number()?;
                Value::List((0..length).map(|_| self.item()).collect::<Option<_>>()?)
            }
            TABLE => {
                let length = self.number()?;
                Value::Table((0..length).map(|_| self.entry()).collect::<Option<_>>()?)
            }
            _ => return None,
        };
        Some(Item { at, value })
    }

    fn entry(&mut self) -> Option<Entry<'static>> {
        Some(Entry { key: self.text()?, at: self.range()?, item: self.item()? })
    }

    fn text(&mut self) -> Option<Cow<'static, str>> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).ok().map(Cow::Borrowed)
    }

    fn range(&mut self) -> Option<Range<usize>> {
        Some(self.number()?..self.number()?)
    }

    fn number(&mut self) -> Option<usize> {
        Some(u32::from_le_bytes(*self.take(4)?.first_chunk()?) as usize)
    }

    fn take(&mut self, length: usize) -> Option<&'static [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::parse;
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked_again() {
        let text =
            "a = 'é'\nb = [1, 0x1f, -2.5, true, false, 2020-01-01]\n[c]\nd = { e = [], f = '' }\n[[g]]\n[[g]]\nh = 1\n";
        let item = Item { at: 3..9, value: Value::Table(parse(text).unwrap()) };
        let mut bytes = vec![7];
        pack(&item, &mut bytes);
        assert_eq!(format!("{:?}", unpack(bytes.leak(), 1)), format!("{item:?}"));
    }
}
