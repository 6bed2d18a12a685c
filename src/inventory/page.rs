//! The tables of a saved page: cells with their text, links and times, and where each row stands.

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{StartTag, Token, Tokenizer};

/// One row of a table.
#[derive(Debug, Default)]
pub(super) struct PageRow {
    /// Offset of the row in the text.
    pub(super) start: usize,
    /// One past the end of its first tag.
    pub(super) end: usize,
    /// The class of its table.
    pub(super) table: String,
    /// Attributes of the row, as `name=value`.
    pub(super) attributes: Vec<String>,
    /// Its cells.
    pub(super) cells: Vec<Cell>,
}

/// One cell.
#[derive(Debug, Default)]
pub(super) struct Cell {
    /// Whether it is a heading of a column.
    pub(super) heads: bool,
    /// What `data-title` says of it.
    pub(super) title: Option<String>,
    /// Its texts, each from one tag to the next, without blank ones and without what is for small screens only.
    pub(super) texts: Vec<String>,
    /// Where its links and forms lead.
    pub(super) links: Vec<String>,
    /// The moments of its `time` elements.
    pub(super) times: Vec<String>,
    /// Whether it has a picture.
    pub(super) pictured: bool,
}

impl Cell {
    /// All of its text.
    pub(super) fn text(&self) -> String {
        self.texts.join(" ")
    }
}

/// Every row of every table, in order, and every text of the page with its offset.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) rows: Vec<PageRow>,
    pub(super) texts: Vec<(usize, String)>,
}

/// The class of labels that repeat the heading where the screen is small (pypi/warehouse).
const LABEL: &str = "table__mobile-label";

impl Page {
    pub(super) fn read(text: &str) -> Self {
        let mut emitter = DefaultEmitter::<usize>::new_with_span();
        emitter.naively_switch_states(true);
        let mut reader = Reader::default();
        for Ok(token) in Tokenizer::new_with_emitter(text, emitter) {
            match token {
                Token::StartTag(tag) => reader.open(&tag),
                Token::EndTag(tag) => reader.close(&tag.name),
                Token::String(string) => reader.text(string.span.start, &string.value),
                Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
            }
        }
        reader.page
    }
}

/// A page being read. An element that is not closed ends where the next of its sort begins, as in a browser.
#[derive(Default)]
struct Reader {
    page: Page,
    table: String,
    in_row: bool,
    in_cell: bool,
    /// How many `span` elements are open inside of a label, itself included.
    in_label: usize,
}

impl Reader {
    fn open(&mut self, tag: &StartTag<usize>) {
        let value = |name: &[u8]| tag.attributes.get(name).map(|value| String::from_utf8_lossy(value).into_owned());
        match tag.name.as_slice() {
            b"table" => self.table = value(b"class").unwrap_or_default(),
            b"tr" => {
                let named = tag.attributes.iter().map(|(name, value)| {
                    format!("{}={}", String::from_utf8_lossy(name), String::from_utf8_lossy(value))
                });
                self.page.rows.push(PageRow {
                    start: tag.span.start,
                    end: tag.span.end,
                    table: self.table.clone(),
                    attributes: named.collect(),
                    cells: Vec::new(),
                });
                (self.in_row, self.in_cell, self.in_label) = (true, false, 0);
            }
            b"td" | b"th" if self.in_row => {
                let heads = value(b"scope").as_deref() == Some("col");
                let cell = Cell { heads, title: value(b"data-title"), ..Cell::default() };
                if let Some(row) = self.page.rows.last_mut() {
                    row.cells.push(cell);
                }
                (self.in_cell, self.in_label) = (true, 0);
            }
            b"span" if self.in_label > 0 => self.in_label += 1,
            b"span" if value(b"class").is_some_and(|class| class.split(' ').any(|one| one == LABEL)) => {
                self.in_label = 1
            }
            _ => {
                let Some(cell) = self.cell() else { return };
                cell.links.extend([value(b"href"), value(b"action")].into_iter().flatten());
                cell.times.extend(value(b"datetime"));
                cell.pictured |= matches!(tag.name.as_slice(), b"svg" | b"img");
            }
        }
    }

    fn close(&mut self, name: &[u8]) {
        match name {
            b"span" => self.in_label = self.in_label.saturating_sub(1),
            b"td" | b"th" => self.in_cell = false,
            b"tr" | b"table" => (self.in_row, self.in_cell) = (false, false),
            _ => {}
        }
    }

    fn text(&mut self, at: usize, text: &[u8]) {
        let text = String::from_utf8_lossy(text);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return;
        }
        if self.in_label == 0
            && let Some(cell) = self.cell()
        {
            cell.texts.push(text.clone());
        }
        self.page.texts.push((at, text));
    }

    fn cell(&mut self) -> Option<&mut Cell> {
        if self.in_cell { self.page.rows.last_mut()?.cells.last_mut() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_their_cells_texts_links_and_times() {
        let page = Page::read(
            "<script>let a = '<tr><td>no</td></tr>'</script><table><tr data-x=\"1\"><th scope=col>Name<td><span class=\"a table__mobile-label\">L<span>M</span></span>\n a &amp; b <a href='/c'>c</a><time datetime=2026>x</time><svg></svg></table>after",
        );
        let [row] = page.rows.as_slice() else { panic!("one row") };
        assert_eq!(row.attributes, ["data-x=1"]);
        let [name, cell] = row.cells.as_slice() else { panic!("two cells") };
        assert!(name.heads && !cell.heads);
        assert_eq!(
            (cell.text().as_str(), cell.links.as_slice(), cell.times.as_slice()),
            ("a & b c x", &["/c".to_owned()][..], &["2026".to_owned()][..])
        );
        assert!(cell.pictured);
    }
}
