//! How do Rust and hand-written JavaScript become the npm package?

use crate::artifact::{Artifact, about};
use crate::{Mode, compile, dense, optimize};
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// Writes `sdk/npm/dist`: the wasm, its bindings, and the sources of `sdk/npm/src` as they are.
pub fn build(mode: Mode) -> Result<(), String> {
    let profile = match mode {
        Mode::Development => "dev",
        Mode::Release => "sdk",
    };
    let wasm = compile::wasm("keyhole-sdk", profile)?;
    let package = compile::root().join("sdk").join("npm");
    let dist = package.join("dist");
    if let Some(artifact) = Artifact::stale(dist.clone(), &wasm)? {
        let folder = artifact.begin()?;
        bind(&wasm, folder).map_err(|error| format!("wasm-bindgen: {error:#}"))?;
        let bound = folder.join("keyhole_bg.wasm");
        if mode == Mode::Release {
            optimize::wasm(&bound, "-Oz")?;
        }
        std::fs::rename(folder.join("keyhole.js"), folder.join("bindgen.js"))
            .map_err(about(folder))?;
        inline(&bound, &folder.join("wasm-inline.js"))?;
        artifact.done()?;
    }
    copy_sources(&package.join("src"), &dist)
}

fn bind(wasm: &Path, folder: &Path) -> Result<(), impl std::fmt::Display> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name("keyhole")
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        // Bundlers would follow the default path and want to know how to load wasm.
        .omit_default_module_path(true);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(folder))
}

/// The wasm as a string in a module: the one form that every bundler, browser and Node takes unaided.
fn inline(wasm: &Path, script: &Path) -> Result<(), String> {
    let bytes = std::fs::read(wasm).map_err(about(wasm))?;
    let text = format!("export default \"{}\";\n", dense::encode(&bytes));
    std::fs::write(script, text).map_err(about(script))
}

fn copy_sources(from: &Path, to: &Path) -> Result<(), String> {
    for entry in std::fs::read_dir(from).map_err(about(from))? {
        let source = entry.map_err(about(from))?.path();
        let Some(name) = source.file_name() else {
            continue;
        };
        let text = std::fs::read(&source).map_err(about(&source))?;
        let copy = to.join(name);
        // An untouched copy keeps its date, so that what is made from it stays fresh too.
        if std::fs::read(&copy).ok().as_ref() != Some(&text) {
            std::fs::write(&copy, text).map_err(about(&copy))?;
        }
    }
    Ok(())
}
