//! Coding agents: what each sends, and what it is answered.

use serde_json::{Value, json};

use crate::repo::token;
use crate::support::{Run, skelkey_with, write};

fn ask(folder: &std::path::Path, call: &Value) -> Run {
    skelkey_with(folder, &["hook", "run", "agent"], call.to_string().as_bytes(), &[])
}

fn answer(run: &Run) -> Value {
    serde_json::from_str(&run.out).unwrap_or_else(|_| panic!("{}{}", run.out, run.err))
}

/// Asks with a key and without one, and gives the answers; no answer holds the key.
fn both(call: impl Fn(&str) -> Value) -> (Run, Run) {
    let folder = tempfile::tempdir().unwrap();
    let (no, yes) = (ask(folder.path(), &call(&token(1))), ask(folder.path(), &call("$NPM_TOKEN")));
    assert!(!no.out.contains(&token(1)) && !no.err.contains(&token(1)));
    (no, yes)
}

#[test]
fn each_agent_is_answered_in_its_own_way() {
    let claude = |key: &str| {
        json!({ "session_id": "s", "transcript_path": "/t", "cwd": "/w", "hook_event_name": "PreToolUse",
                "tool_name": "Bash", "tool_input": { "command": format!("npm config set _authToken {key}") } })
    };
    let (no, yes) = both(claude);
    let said = answer(&no)["hookSpecificOutput"].clone();
    assert_eq!(
        (no.code, &said["hookEventName"], &said["permissionDecision"]),
        (0, &json!("PreToolUse"), &json!("deny"))
    );
    let reason = said["permissionDecisionReason"].as_str().unwrap();
    assert!(reason.contains("tool_input.command:1") && reason.contains("npm_…"), "{reason}");
    assert_eq!((yes.code, answer(&yes)), (0, json!({})), "the agent's own permissions are not overruled");

    let prompt =
        |key: &str| json!({ "hook_event_name": "UserPromptSubmit", "cwd": "/w", "prompt": format!("use {key}") });
    let (no, yes) = both(prompt);
    assert_eq!((&answer(&no)["decision"], answer(&yes)), (&json!("block"), json!({})));

    let gemini = |key: &str| {
        json!({ "hook_event_name": "BeforeTool", "tool_name": "write_file",
                "tool_input": { "file_path": "a.env", "content": format!("K={key}\n") } })
    };
    assert_eq!(answer(&both(gemini).0)["decision"], "deny");

    let cursor = |key: &str| json!({ "hook_event_name": "beforeShellExecution", "cursor_version": "2", "command": format!("echo {key}") });
    let (no, yes) = both(cursor);
    assert_eq!((&answer(&no)["permission"], &answer(&yes)["permission"]), (&json!("deny"), &json!("allow")));
    let cursor = |key: &str| json!({ "hook_event_name": "beforeSubmitPrompt", "prompt": key });
    let (no, yes) = both(cursor);
    assert_eq!((&answer(&no)["continue"], &answer(&yes)["continue"]), (&json!(false), &json!(true)));

    let copilot = |key: &str| {
        json!({ "timestamp": 1, "cwd": "/w", "toolName": "bash",
                "toolArgs": json!({ "command": format!("echo {key}") }).to_string() })
    };
    assert_eq!(answer(&both(copilot).0)["permissionDecision"], "deny");

    let windsurf = |key: &str| json!({ "agent_action_name": "pre_run_command", "tool_info": { "command_line": format!("echo {key}"), "cwd": "/" } });
    let unknown = |key: &str| json!({ "anything": [{ "else": format!("token {key}") }] });
    for (no, yes) in [both(windsurf), both(unknown)] {
        assert_eq!((no.code, no.out.as_str(), yes.code), (2, "", 0));
        assert!(no.err.contains("npm_…"), "{}", no.err);
    }
}

#[test]
fn a_name_beside_a_value_tells_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let secret = skelkey::rules::Minter::new(7).fill("{base62:24}").unwrap();
    let call = json!({ "hook_event_name": "PreToolUse", "tool_name": "mcp__db__connect", "tool_input": { "password": secret } });
    let run = ask(folder.path(), &call);
    assert!(run.out.contains("deny"), "{}{}", run.out, run.err);
}

#[test]
fn only_what_a_change_adds_counts() {
    let folder = tempfile::tempdir().unwrap();
    let (at, key) = (folder.path(), token(1));
    let edit = |old: &str, new: &str| {
        json!({ "hook_event_name": "PreToolUse", "tool_name": "Edit", "cwd": at,
                "tool_input": { "file_path": at.join("a.env"), "old_string": old, "new_string": new } })
    };
    let with = format!("K={key}\n");
    assert!(!ask(at, &edit(&with, "K=$K\n")).out.contains("deny"), "taking a key out");
    assert!(!ask(at, &edit(&with, &format!("# old\n{with}"))).out.contains("deny"), "leaving one where it is");
    assert!(ask(at, &edit("K=$K\n", &with)).out.contains("deny"), "writing one");
    let marked = format!("{} # skelkey:ignore\n", with.trim_end());
    assert!(ask(at, &edit("", &marked)).out.contains("deny"), "a comment of its own does not let an agent through");
    write(at, "a.env", &with);
    let whole = json!({ "hook_event_name": "PreToolUse", "tool_name": "Write", "cwd": at,
                        "tool_input": { "file_path": at.join("a.env"), "content": format!("{with}more\n") } });
    assert!(!ask(at, &whole).out.contains("deny"), "the file has it already");
    let patch = |sign: &str| {
        let text = format!("*** Begin Patch\n*** Update File: b.env\n@@\n{sign}K={key}\n*** End Patch\n");
        json!({ "hook_event_name": "PreToolUse", "tool_name": "apply_patch", "cwd": at, "tool_input": { "command": text } })
    };
    assert!(ask(at, &patch("+")).out.contains("deny") && !ask(at, &patch("-")).out.contains("deny"));
}

#[test]
fn a_file_with_a_key_is_not_handed_to_a_model() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    write(at, "a.env", format!("K={}\n", token(1)));
    write(at, "b.txt", "fine\n");
    let read = |file: &str| {
        let call = json!({ "hook_event_name": "PreToolUse", "tool_name": "Read", "cwd": at,
                           "tool_input": { "file_path": at.join(file) } });
        ask(at, &call).out.contains("deny")
    };
    assert!(read("a.env") && !read("b.txt") && !read("none") && !read("."));
    let windsurf = json!({ "agent_action_name": "pre_read_code", "tool_info": { "file_path": at.join("a.env") } });
    assert_eq!(ask(at, &windsurf).code, 2);
    let cursor = json!({ "hook_event_name": "beforeReadFile", "file_path": at.join("a.env"), "content": format!("K={}\n", token(1)) });
    assert_eq!(answer(&ask(at, &cursor))["permission"], "deny");
}

#[test]
fn what_is_no_call_is_refused_and_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let key = token(1);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for text in
        [String::new(), "[]".to_owned(), "{}".to_owned(), format!("{{\"a\": \"{key}"), format!("\"{key}\""), deep]
    {
        let run = skelkey_with(folder.path(), &["hook", "run", "agent"], text.as_bytes(), &[]);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{}", run.err);
        assert!(run.err.contains("refused") && !run.err.contains(&key), "{}", run.err);
    }
    write(folder.path(), "skelkey.toml", "nonsense = 1\n");
    let run = ask(folder.path(), &json!({ "hook_event_name": "PreToolUse" }));
    assert_eq!(run.code, 2, "a broken configuration allows nothing: {}", run.out);
}
