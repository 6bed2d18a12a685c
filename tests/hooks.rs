//! Hooks as git and coding agents run them: installed beside what is there, and refusing what holds a key.
#![cfg(all(unix, feature = "git"))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may be blunt")]

#[path = "hooks/agent.rs"]
mod agent;
#[path = "hooks/commit.rs"]
mod commit;
#[path = "hooks/install.rs"]
mod install;
#[path = "hooks/push.rs"]
mod push;
#[allow(dead_code, reason = "the git sources use the rest")]
#[path = "git/repo.rs"]
mod repo;
mod support;

use std::path::Path;
use std::process::Command;

use support::Run;

/// Runs git as a user with a name and nothing else of this machine's configuration; `home` holds the user's own.
fn git_at(folder: &Path, home: &Path, args: &[&str]) -> Run {
    let output = Command::new("git")
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.test", "-c", "commit.gpgsign=false"])
        .args(["-c", "protocol.file.allow=always", "-c", "merge.conflictStyle=merge"])
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", home)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs `skelkey hook` as that user.
fn hook_at(folder: &Path, home: &Path, args: &[&str]) -> Run {
    let mut all = vec!["hook"];
    all.extend(args);
    let home = home.display().to_string();
    let path = "/usr/local/bin:/usr/bin:/bin";
    support::skelkey_with(folder, &all, b"", &[("HOME", &home), ("PATH", path), ("GIT_CONFIG_NOSYSTEM", "1")])
}

/// Writes a script that can be run.
fn script(file: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)).unwrap();
}
