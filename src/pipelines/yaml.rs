//! A YAML file as a tree that knows its lines, for finding out in which job a line stands.

use saphyr_parser::{Event, Parser};

/// Deeper nesting is nobody's pipeline.
const DEEPEST: usize = 64;
/// More nodes are nobody's pipeline either.
const MOST_NODES: usize = 200_000;

/// A value and the line on which it begins.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    List(Vec<Node>),
    /// Name, its line, value; in the file's order.
    Map(Vec<(String, usize, Node)>),
}

impl Node {
    /// The value of a field.
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.fields().iter().find(|(known, ..)| known == name).map(|(.., node)| node)
    }

    /// The fields of a map; none of anything else.
    pub(super) fn fields(&self) -> &[(String, usize, Node)] {
        match &self.value {
            Value::Map(fields) => fields,
            Value::Text(_) | Value::List(_) => &[],
        }
    }

    /// The items of a list; none of anything else.
    pub(super) fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            Value::Text(_) | Value::Map(_) => &[],
        }
    }

    /// The text of a scalar that is not blank.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            Value::List(_) | Value::Map(_) => None,
        }
    }
}

/// A collection that is being read.
struct Open {
    line: usize,
    is_map: bool,
    items: Vec<Node>,
    fields: Vec<(String, usize, Node)>,
    /// The name of the next value, once it was read.
    name: Option<(String, usize)>,
}

impl Open {
    fn new(line: usize, is_map: bool) -> Self {
        Self { line, is_map, items: Vec::new(), fields: Vec::new(), name: None }
    }

    fn take(&mut self, node: Node) {
        if !self.is_map {
            self.items.push(node);
        } else if let Some((name, line)) = self.name.take() {
            self.fields.push((name, line, node));
        } else {
            let line = node.line;
            // A name that is no scalar names nothing that is looked for.
            self.name = Some((node.text().unwrap_or_default().to_owned(), line));
        }
    }

    fn close(self) -> Node {
        let value = if self.is_map { Value::Map(self.fields) } else { Value::List(self.items) };
        Node { line: self.line, value }
    }
}

/// Every document of a file. `None` for what is no YAML.
pub(super) fn documents(text: &str) -> Option<Vec<Node>> {
    let mut open: Vec<Open> = Vec::new();
    let mut read = Vec::new();
    let mut nodes = 0_usize;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        let line = span.start.line();
        let done = match event {
            Event::Scalar(text, ..) => Some(Node { line, value: Value::Text(text.into_owned()) }),
            Event::Alias(_) => Some(Node { line, value: Value::Text(String::new()) }),
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                open.push(Open::new(line, matches!(event, Event::MappingStart(..))));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => open.pop().map(Open::close),
            Event::Nothing | Event::StreamStart | Event::DocumentStart(_) | Event::StreamEnd | Event::DocumentEnd => {
                None
            }
        };
        nodes += 1;
        (open.len() <= DEEPEST && nodes <= MOST_NODES).then_some(())?;
        if let Some(node) = done {
            match open.last_mut() {
                Some(around) => around.take(node),
                None => read.push(node),
            }
        }
    }
    (!read.is_empty()).then_some(read)
}
