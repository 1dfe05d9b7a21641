//! How do Rust and hand-written JavaScript become the npm package?

use crate::artifact::{Artifact, about};
use crate::{Mode, compile, dense, optimize};
use std::path::Path;
use wasm_bindgen_cli_support::Bindgen;

/// One Rust package, and the modules that are made of it.
struct Core {
    package: &'static str,
    /// Its Cargo features, as flags.
    features: &'static [&'static str],
    /// The wasm alone, for whoever wants to serve it apart: `…_bg.wasm`.
    name: &'static str,
    bindings: &'static str,
    inlined: &'static str,
}

/// What a page with the client loads, what is loaded when it first asks what its key may do, and what a page
/// loads that only records.
const CORES: [Core; 3] = [
    Core {
        package: "keyhole-sdk",
        features: &[],
        name: "keyhole",
        bindings: "bindgen.js",
        inlined: "wasm-inline.js",
    },
    Core {
        package: "keyhole-sdk-policy",
        features: &[],
        name: "policy",
        bindings: "policy-bindgen.js",
        inlined: "policy-wasm-inline.js",
    },
    Core {
        package: "keyhole-sdk-track",
        features: &["--no-default-features"],
        name: "track",
        bindings: "track-bindgen.js",
        inlined: "track-wasm-inline.js",
    },
];

/// Writes `sdk/npm/dist`: each core's wasm and bindings, and the sources of `sdk/npm/src` as they are.
pub fn build(mode: Mode) -> Result<(), String> {
    let profile = match mode {
        Mode::Development => "dev",
        Mode::Release => "sdk",
    };
    let compiled: Result<Vec<_>, String> = CORES
        .iter()
        .map(|core| compile::wasm(core.package, profile, core.features))
        .collect();
    let compiled = compiled?;
    let package = compile::root().join("sdk").join("npm");
    let dist = package.join("dist");
    if let Some(artifact) = Artifact::stale(dist.clone(), &compiled)? {
        let folder = artifact.begin()?;
        for (core, wasm) in CORES.iter().zip(&compiled) {
            core.make(wasm, folder, mode)?;
        }
        artifact.done()?;
    }
    copy_sources(&package.join("src"), &dist)
}

impl Core {
    fn make(&self, wasm: &Path, folder: &Path, mode: Mode) -> Result<(), String> {
        bind(wasm, folder, self.name).map_err(|error| format!("wasm-bindgen: {error:#}"))?;
        let bound = folder.join(format!("{}_bg.wasm", self.name));
        if mode == Mode::Release {
            optimize::wasm(&bound, "-Oz")?;
        }
        let bindings = folder.join(format!("{}.js", self.name));
        std::fs::rename(bindings, folder.join(self.bindings)).map_err(about(folder))?;
        inline(&bound, &folder.join(self.inlined))
    }
}

fn bind(wasm: &Path, folder: &Path, name: &str) -> Result<(), impl std::fmt::Display> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(wasm)
        .out_name(name)
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
        if source.is_dir() {
            std::fs::create_dir_all(to.join(name)).map_err(about(to))?;
            copy_sources(&source, &to.join(name))?;
            continue;
        }
        let text = std::fs::read(&source).map_err(about(&source))?;
        let copy = to.join(name);
        // An untouched copy keeps its date, so that what is made from it stays fresh too.
        if std::fs::read(&copy).ok().as_ref() != Some(&text) {
            std::fs::write(&copy, text).map_err(about(&copy))?;
        }
    }
    Ok(())
}
