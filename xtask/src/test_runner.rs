//! What runs a test that was compiled to wasm?

/// Stands in for `wasm-bindgen-test-runner`: cargo gives the test's wasm file as an argument.
pub fn run() -> Result<(), String> {
    let arguments = std::env::args_os().skip(1);
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(arguments)
        .map_err(|error| format!("{error:#}"))
}
