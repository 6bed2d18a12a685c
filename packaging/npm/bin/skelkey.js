#!/usr/bin/env node
// Runs the binary that npm has installed for this platform. Nothing is downloaded, and no script runs on installation.
"use strict";

const { spawnSync } = require("node:child_process");
const { constants } = require("node:os");

const platform = `${process.platform}-${process.arch}`;
const name = `@skelkey/${platform}`;

function binary() {
  try {
    return require.resolve(`${name}/bin/skelkey${process.platform === "win32" ? ".exe" : ""}`);
  } catch {
    console.error(
      `skelkey: the package ${name} is not installed. Install without --omit=optional; if there is no such package, ` +
        `there is no binary for ${platform} yet: build skelkey with cargo.`,
    );
    // Wrong use: nothing was scanned.
    process.exit(2);
  }
}

const run = spawnSync(binary(), process.argv.slice(2), { stdio: "inherit", windowsHide: true });
if (run.error) {
  console.error(`skelkey: ${run.error.message}`);
  process.exit(2);
}
// Ended by a signal: the code that shells give.
process.exit(run.status ?? 128 + (constants.signals[run.signal] ?? 0));
