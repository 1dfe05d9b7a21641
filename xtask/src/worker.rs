//! How does the Worker's wasm become modules that wrangler can deploy?

use crate::artifact::{Artifact, about};
use crate::{Mode, compile, optimize};
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// Writes `build/worker/{index.js,index_bg.wasm}`, which `worker/shim.mjs` imports.
pub fn build(mode: Mode) -> Result<(), String> {
    let profile = match mode {
        Mode::Development => "dev",
        Mode::Release => "release",
    };
    let wasm = compile::wasm("keyhole-worker", profile, &[])?;
    let folder = compile::root().join("build").join("worker");
    let Some(artifact) = Artifact::stale(folder, std::slice::from_ref(&wasm))? else {
        return Ok(());
    };
    let folder = artifact.begin()?;
    bind(&wasm, folder).map_err(|error| format!("wasm-bindgen: {error:#}"))?;
    import_as_module(&folder.join("index.js"))?;
    if mode == Mode::Release {
        optimize::wasm(&folder.join("index_bg.wasm"), "-O")?;
    }
    artifact.done()
}

fn bind(wasm: &Path, folder: &Path) -> Result<(), impl std::fmt::Display> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name("index")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // Both let a crashed instance be replaced while the isolate lives on.
        .reset_state_function(true)
        .force_enable_abort_handler(true);
    bindgen
        .module(true)
        .and_then(|bindgen| bindgen.generate(folder))
}

/// wrangler compiles what is imported plainly, and does not know `import source` yet.
fn import_as_module(script: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(script).map_err(about(script))?;
    if !text.contains("import source ") {
        return Err("wasm-bindgen no longer writes `import source`: see worker.rs of xtask".into());
    }
    std::fs::write(script, text.replace("import source ", "import ")).map_err(about(script))
}
