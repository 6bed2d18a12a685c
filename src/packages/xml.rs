//! XML project files, by element names without their namespace.

use roxmltree::{Document, Node, ParsingOptions};

use super::PackagesError;

/// More nodes than any project file has.
const MOST_NODES: u32 = 100_000;

/// Parses without a document type: no entity of the file's own is expanded. The parser's message may quote the text,
/// so only its line is kept.
pub(super) fn parse(text: &str) -> Result<Document<'_>, PackagesError> {
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options)
        .map_err(|error| PackagesError::Malformed { format: "XML", line: usize::try_from(error.pos().row).ok() })
}

/// The child elements of that name, compared without case as MSBuild does.
pub(super) fn children<'a, 'input>(
    node: Node<'a, 'input>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(move |child| child.is_element() && child.tag_name().name().eq_ignore_ascii_case(name))
}

/// An attribute, its name compared without case.
pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name().eq_ignore_ascii_case(name)).map(|attribute| attribute.value())
}
