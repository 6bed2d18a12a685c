//! How each agent is answered. What an allowed call gets never grants anything: the agent's own permissions decide on.

use anyhow::Result;
use serde_json::{Value, json};

use super::super::super::output::to_stdout;
use super::super::super::{Exit, tell};
use super::call::Call;

/// The way in which an agent wants its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// Claude Code, Codex, VS Code and Copilot CLI: before a tool is used.
    Permission,
    /// The same agents: a prompt, or what a tool gave.
    Block,
    /// Gemini CLI.
    Gemini,
    /// Cursor: before a tool is used or a file is read.
    Cursor,
    /// Cursor: before a prompt is sent.
    CursorPrompt,
    /// Copilot with names in camel case.
    Copilot,
    /// Windsurf, and whoever else: the exit code 2 says no, and standard error why.
    Code,
}

impl Answer {
    pub(super) fn to(call: &Call) -> Self {
        match call.event() {
            _ if call.has("agent_action_name") => Self::Code,
            Some("beforeSubmitPrompt") => Self::CursorPrompt,
            Some("preToolUse" | "postToolUse") => Self::Cursor,
            Some(event) if event.starts_with("before") => Self::Cursor,
            Some("BeforeTool" | "AfterTool" | "BeforeAgent") => Self::Gemini,
            Some("PreToolUse") => Self::Permission,
            Some("PostToolUse" | "UserPromptSubmit") => Self::Block,
            None if call.has("toolName") => Self::Copilot,
            _ => Self::Code,
        }
    }

    pub(super) fn allow(&self) -> Result<Exit> {
        match self {
            Self::Cursor => print(&json!({ "permission": "allow" }))?,
            Self::CursorPrompt => print(&json!({ "continue": true }))?,
            Self::Code => {}
            _ => print(&json!({}))?,
        }
        Ok(Exit::Clean)
    }

    pub(super) fn deny(&self, reason: &str) -> Result<Exit> {
        print(&match self {
            Self::Permission => json!({ "hookSpecificOutput": {
                "hookEventName": "PreToolUse",
                "permissionDecision": "deny",
                "permissionDecisionReason": reason,
            } }),
            Self::Block => json!({ "decision": "block", "reason": reason }),
            Self::Gemini => json!({ "decision": "deny", "reason": reason }),
            Self::Cursor => json!({ "permission": "deny", "user_message": reason, "agent_message": reason }),
            Self::CursorPrompt => json!({ "continue": false, "user_message": reason }),
            Self::Copilot => json!({ "permissionDecision": "deny", "permissionDecisionReason": reason }),
            Self::Code => {
                tell(format_args!("{reason}"));
                return Ok(Exit::Usage);
            }
        })?;
        Ok(Exit::Clean)
    }
}

fn print(answer: &Value) -> Result<()> {
    to_stdout(|out| writeln!(out, "{answer}"))
}
