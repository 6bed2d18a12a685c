//! `skelkey lsp`: a language server on standard input and output. A document is scanned as it is typed, with the
//! folder's configuration, rules and baseline, so that the editor shows what the gate will say. Nothing is asked of
//! anybody, and nothing that is sent to the editor holds a key.

mod action;
mod diagnose;
mod document;
mod workspace;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Result;
use skelkey::finding::Report;
use tower_lsp_server::jsonrpc;
use tower_lsp_server::ls_types::{
    CodeActionKind, CodeActionOptions, CodeActionParams, CodeActionProviderCapability, CodeActionResponse, Diagnostic,
    DiagnosticSeverity, DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, Hover, HoverContents, HoverParams, HoverProviderCapability, InitializeParams,
    InitializeResult, MarkupContent, MarkupKind, MessageType, Position, Range, ServerCapabilities, ServerInfo,
    TextDocumentSyncCapability, TextDocumentSyncKind, TextDocumentSyncOptions, TextDocumentSyncSaveOptions, Uri,
};
use tower_lsp_server::{Client, LanguageServer, LspService, Server};

use self::diagnose::Shown;
use self::document::{Columns, Document};
use self::workspace::Workspace;
use super::args::Global;
use super::{Exit, tell};

/// A document is scanned when nothing was typed for so long.
const PAUSE: Duration = Duration::from_millis(150);
/// A longer document is scanned by the gate, not at every key that is pressed.
const LONGEST: usize = 4 << 20;

/// Serves until the editor goes away.
pub(crate) fn run(global: &Global) -> Result<Exit> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let global = global.clone();
    runtime.block_on(async {
        let (service, socket) = LspService::new(|client| Backend { shared: Arc::new(Shared::new(client, global)) });
        Server::new(tokio::io::stdin(), tokio::io::stdout(), socket).serve(service).await;
    });
    // A thread that still waits for standard input must not hold up the end.
    runtime.shutdown_background();
    Ok(Exit::Clean)
}

struct Backend {
    shared: Arc<Shared>,
}

/// What requests share.
struct Shared {
    client: Client,
    global: Global,
    /// Set when the editor has introduced itself.
    session: RwLock<Option<Session>>,
    open: Mutex<HashMap<Uri, Open>>,
}

/// What the editor said of itself, and what was read for it.
#[derive(Clone)]
struct Session {
    columns: Columns,
    folder: PathBuf,
    workspace: Arc<Workspace>,
}

/// A document and what is shown in it.
struct Open {
    document: Document,
    shown: Vec<Shown>,
}

impl LanguageServer for Backend {
    async fn initialize(&self, params: InitializeParams) -> jsonrpc::Result<InitializeResult> {
        let general = params.capabilities.general.as_ref();
        let columns = Columns::of(general.and_then(|general| general.position_encodings.as_deref()));
        let folder = params.workspace_folders.as_ref().and_then(|folders| folders.first()).map(|folder| &folder.uri);
        let folder = folder.and_then(Uri::to_file_path).map(std::borrow::Cow::into_owned);
        let opened = workspace::folder(folder).and_then(|folder| {
            let workspace = Arc::new(Workspace::open(&self.shared.global, &folder)?);
            Ok(Session { columns, folder, workspace })
        });
        match opened {
            Ok(session) => *self.shared.session.write().unwrap_or_else(PoisonError::into_inner) = Some(session),
            // With a configuration that does not hold, nothing would be scanned: better no server than a silent one.
            Err(error) => {
                let message = skelkey::escape::visible(&format!("{error:#}")).into_owned();
                return Err(jsonrpc::Error {
                    code: jsonrpc::ErrorCode::ServerError(1),
                    message: message.into(),
                    data: None,
                });
            }
        }
        Ok(InitializeResult {
            server_info: Some(ServerInfo {
                name: env!("CARGO_PKG_NAME").to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
            capabilities: capabilities(columns),
            ..InitializeResult::default()
        })
    }

    async fn shutdown(&self) -> jsonrpc::Result<()> {
        Ok(())
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        let opened = params.text_document;
        let document = Document { version: opened.version, language: opened.language_id, text: opened.text };
        self.shared.open().insert(opened.uri.clone(), Open { document, shown: Vec::new() });
        self.shared.scan_soon(&opened.uri, Duration::ZERO);
    }

    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        let Some(Session { columns, .. }) = self.shared.session() else { return };
        let uri = params.text_document.uri;
        if let Some(open) = self.shared.open().get_mut(&uri) {
            for change in params.content_changes {
                open.document.change(change, columns);
            }
            open.document.version = params.text_document.version;
        }
        self.shared.scan_soon(&uri, PAUSE);
    }

    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        let Some(session) = self.shared.session() else { return };
        let saved = params.text_document.uri.to_file_path();
        if !saved.is_some_and(|file| session.workspace.is_made_of(&file)) {
            return;
        }
        match Workspace::open(&self.shared.global, &session.folder) {
            Ok(workspace) => {
                let session = Session { workspace: Arc::new(workspace), ..session };
                *self.shared.session.write().unwrap_or_else(PoisonError::into_inner) = Some(session);
                let all: Vec<Uri> = self.shared.open().keys().cloned().collect();
                for uri in &all {
                    self.shared.scan_soon(uri, Duration::ZERO);
                }
            }
            Err(error) => {
                let message = format!("skelkey goes on with what was in force before: {error:#}");
                let message = skelkey::escape::visible(&message).into_owned();
                self.shared.client.show_message(MessageType::ERROR, message).await;
            }
        }
    }

    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        let uri = params.text_document.uri;
        self.shared.open().remove(&uri);
        self.shared.client.publish_diagnostics(uri, Vec::new(), None).await;
    }

    async fn hover(&self, params: HoverParams) -> jsonrpc::Result<Option<Hover>> {
        let at = params.text_document_position_params;
        let open = self.shared.open();
        let shown = open.get(&at.text_document.uri).map_or(&[][..], |open| &open.shown);
        let found = shown.iter().find(|shown| holds(shown.diagnostic.range, at.position));
        Ok(found.map(|shown| Hover {
            contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: shown.hover.clone() }),
            range: Some(shown.diagnostic.range),
        }))
    }

    async fn code_action(&self, params: CodeActionParams) -> jsonrpc::Result<Option<CodeActionResponse>> {
        let Some(Session { columns, .. }) = self.shared.session() else { return Ok(None) };
        let uri = params.text_document.uri;
        let open = self.shared.open();
        let Some(Open { document, shown }) = open.get(&uri) else { return Ok(None) };
        let touched = shown.iter().filter(|shown| {
            let Range { start, end } = shown.diagnostic.range;
            start <= params.range.end && params.range.start <= end
        });
        Ok(Some(touched.flat_map(|shown| action::all(shown, document, &uri, columns)).collect()))
    }
}

fn capabilities(columns: Columns) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(columns.kind()),
        text_document_sync: Some(TextDocumentSyncCapability::Options(TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::Supported(true)),
            ..TextDocumentSyncOptions::default()
        })),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX]),
            ..CodeActionOptions::default()
        })),
        ..ServerCapabilities::default()
    }
}

fn holds(range: Range, position: Position) -> bool {
    range.start <= position && position <= range.end
}

impl Shared {
    fn new(client: Client, global: Global) -> Self {
        Self { client, global, session: RwLock::default(), open: Mutex::default() }
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Uri, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn session(&self) -> Option<Session> {
        self.session.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Scans a document after a pause, unless it has changed again by then.
    fn scan_soon(self: &Arc<Self>, uri: &Uri, pause: Duration) {
        let version = |shared: &Self| shared.open().get(uri).map(|open| open.document.version);
        let (Some(begun), shared) = (version(self), Arc::clone(self)) else { return };
        let uri = uri.clone();
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            let (Some(session), Some(document)) = (shared.session(), shared.as_of(&uri, begun)) else { return };
            let scanned = {
                let (session, uri) = (session.clone(), uri.clone());
                tokio::task::spawn_blocking(move || scan(&session, &uri, &document)).await
            };
            let shown = match scanned {
                Ok(Ok(shown)) => shown,
                Ok(Err(error)) => return shared.say(&format!("{error:#}")).await,
                Err(_) => return shared.say("a scan ended without an answer").await,
            };
            let diagnostics: Vec<Diagnostic> = shown.iter().map(|shown| shown.diagnostic.clone()).collect();
            if shared.keep(&uri, begun, shown) {
                shared.client.publish_diagnostics(uri, diagnostics, Some(begun)).await;
            }
        });
    }

    /// The document, if this is still its version.
    fn as_of(&self, uri: &Uri, version: i32) -> Option<Document> {
        self.open().get(uri).map(|open| &open.document).filter(|document| document.version == version).cloned()
    }

    /// Remembers what is shown, if this is still the document's version.
    fn keep(&self, uri: &Uri, version: i32, shown: Vec<Shown>) -> bool {
        let mut open = self.open();
        match open.get_mut(uri).filter(|open| open.document.version == version) {
            Some(open) => open.shown = shown,
            None => return false,
        }
        true
    }

    async fn say(&self, words: &str) {
        tell(format_args!("error: {}", skelkey::escape::visible(words)));
        self.client.show_message(MessageType::ERROR, skelkey::escape::visible(words)).await;
    }
}

fn scan(session: &Session, uri: &Uri, document: &Document) -> Result<Vec<Shown>> {
    if document.text.len() > LONGEST {
        return Ok(vec![too_long()]);
    }
    if document.text.is_empty() {
        return Ok(Vec::new());
    }
    let file = uri.to_file_path();
    let report: Option<Report> = session.workspace.scan(file.as_deref(), &document.text)?;
    let fail_on = session.workspace.fail_on;
    Ok(report.map(|report| diagnose::all(&report, uri, fail_on, session.columns)).unwrap_or_default())
}

/// Nothing is left out in silence.
fn too_long() -> Shown {
    let message = format!("longer than {} MiB: not scanned while you type; `skelkey scan` covers it", LONGEST >> 20);
    Shown {
        diagnostic: Diagnostic {
            severity: Some(DiagnosticSeverity::INFORMATION),
            source: Some("skelkey".to_owned()),
            message: message.clone(),
            ..Diagnostic::default()
        },
        hover: message,
        rule: String::new(),
        fix: None,
    }
}
