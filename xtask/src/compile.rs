//! Where is the wasm that cargo makes of a package?

use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// Runs `cargo build` for wasm. `profile` is one of Cargo.toml's, `features` are flags.
///
/// The development wasm is optimised a little: halved in size, and the demo feels like the product.
/// Said here and not in Cargo.toml, xtask itself stays quick to compile and shares every macro
/// crate with the wasm.
pub fn wasm(package: &str, profile: &str, features: &[&str]) -> Result<PathBuf, String> {
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--package", package])
        .args(["--target", TARGET, "--profile", profile])
        .args(features)
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
        .envs(flags(profile))
        .current_dir(root())
        .status()
        .map_err(|error| format!("cargo could not be run: {error}"))?;
    if !status.success() {
        return Err(format!("{package} does not compile for {TARGET}"));
    }
    // Cargo keeps the dev profile under the name it had before profiles had names.
    let folder = match profile {
        "dev" => "debug",
        named => named,
    };
    let file = format!("{}.wasm", package.replace('-', "_"));
    Ok(target_folder().join(TARGET).join(folder).join(file))
}

/// What is published does not tell where it was compiled: panics would name the folders.
fn flags(profile: &str) -> Option<(&'static str, String)> {
    if profile == "dev" {
        return None;
    }
    let home = std::env::var("CARGO_HOME").ok();
    let home = home.or_else(|| {
        std::env::var("HOME")
            .ok()
            .map(|home| format!("{home}/.cargo"))
    });
    let remapped = [
        (home, "cargo"),
        (Some(root().display().to_string()), "keyhole"),
    ];
    let flags = remapped
        .into_iter()
        .filter_map(|(folder, name)| Some(format!("--remap-path-prefix={}={name}", folder?)));
    // Cargo parts the flags at this character, so that folders may hold blanks.
    Some((
        "CARGO_ENCODED_RUSTFLAGS",
        flags.collect::<Vec<_>>().join("\u{1f}"),
    ))
}

/// The folder of the workspace, wherever xtask is called from.
pub fn root() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

fn target_folder() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}
