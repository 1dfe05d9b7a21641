//! How is a wasm file made smaller than the compiler leaves it?

use crate::compile;
use std::path::Path;
use std::process::Command;

/// What every runtime we promise knows. `--all-features` would emit what some do not.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-exception-handling",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Runs `wasm-opt`, the JavaScript build of the npm package `binaryen`, in place.
pub fn wasm(file: &Path, level: &str) -> Result<(), String> {
    let script = compile::root().join("node_modules/binaryen/bin/wasm-opt");
    if !script.exists() {
        return Err("a release build needs the npm packages: run `npm ci` first".into());
    }
    let status = Command::new("node")
        .arg(script)
        .args([level, "--strip-debug", "--strip-producers"])
        .args(FEATURES)
        .args([file, Path::new("-o"), file])
        .status()
        .map_err(|error| format!("node could not be run: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("wasm-opt could not read {}", file.display())),
    }
}
