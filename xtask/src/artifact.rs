//! Is what was built last time still what would be built now?

use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// A folder made from wasm files, with a note of which ones.
pub struct Artifact {
    folder: PathBuf,
    note: String,
}

impl Artifact {
    /// `None` when the folder already holds what these files and this very xtask would make of it.
    pub fn stale(folder: PathBuf, wasm: &[PathBuf]) -> Result<Option<Self>, String> {
        let tool = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut note = String::new();
        for file in wasm.iter().chain([&tool]) {
            note.push_str(&describe(file)?);
            note.push('\n');
        }
        let artifact = Self { folder, note };
        let known = std::fs::read_to_string(artifact.note_file()).unwrap_or_default();
        Ok((known != artifact.note).then_some(artifact))
    }

    /// Empties the folder. Until [`Artifact::done`], it counts as stale.
    pub fn begin(&self) -> Result<&Path, String> {
        if self.folder.exists() {
            std::fs::remove_dir_all(&self.folder).map_err(about(&self.folder))?;
        }
        std::fs::create_dir_all(&self.folder).map_err(about(&self.folder))?;
        Ok(&self.folder)
    }

    pub fn done(self) -> Result<(), String> {
        std::fs::write(self.note_file(), &self.note).map_err(about(&self.folder))
    }

    fn note_file(&self) -> PathBuf {
        self.folder.join(".made-from")
    }
}

/// Puts the file's name before what went wrong with it.
pub fn about(file: &Path) -> impl Fn(std::io::Error) -> String {
    move |error| format!("{}: {error}", file.display())
}

fn describe(file: &Path) -> Result<String, String> {
    let metadata = file.metadata().map_err(about(file))?;
    let modified = metadata.modified().map_err(about(file))?;
    let nanoseconds = modified
        .duration_since(UNIX_EPOCH)
        .map_or(0, |age| age.as_nanos());
    Ok(format!(
        "{} {} {nanoseconds}",
        file.display(),
        metadata.len()
    ))
}
