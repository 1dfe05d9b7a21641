//! May a key be sent the way it was?

use crate::refusal::Refusal;
use worker::Env;

/// A key that crosses the network in the clear is anybody's: only this machine may be spoken to so, unless the
/// variable `REQUIRE_HTTPS` is off.
pub(super) fn must_be_private(url: &str, environment: &Env) -> std::result::Result<(), Refusal> {
    let setting = environment.var("REQUIRE_HTTPS").ok();
    let is_required = setting.is_none_or(|setting| setting.to_string() != "off");
    if is_required && !is_private(url) {
        return Err(Refusal::InTheClear);
    }
    Ok(())
}

/// Is the address one of HTTPS, or of this machine?
fn is_private(url: &str) -> bool {
    let Some(("http", rest)) = url.split_once("://") else {
        return true;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    matches!(host, "localhost" | "127.0.0.1" | "[::1]") || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::is_private;

    #[test]
    fn only_this_machine_may_be_spoken_to_in_the_clear() {
        for (url, expected) in [
            ("https://a.b/3.0", true),
            ("http://localhost:8787/3.0", true),
            ("http://127.0.0.1", true),
            ("http://[::1]:8787/", true),
            ("http://keyhole.localhost/", true),
            ("http://a.b/3.0", false),
            ("http://a.b:8787?localhost", false),
            ("http://localhost.a.b/", false),
            ("http://notlocalhost/", false),
            ("http://127.0.0.1.a.b:80/", false),
        ] {
            assert_eq!(is_private(url), expected, "{url}");
        }
    }
}
