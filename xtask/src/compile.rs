//! Where is the wasm that cargo makes of a package?

use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// Runs `cargo build` for wasm. `profile` is one of Cargo.toml's.
///
/// The development wasm is optimised a little: halved in size, and the demo feels like the product.
/// Said here and not in Cargo.toml, xtask itself stays quick to compile and shares every macro
/// crate with the wasm.
pub fn wasm(package: &str, profile: &str) -> Result<PathBuf, String> {
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--package", package])
        .args(["--target", TARGET, "--profile", profile])
        .env("CARGO_PROFILE_DEV_OPT_LEVEL", "1")
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
