//! Where is the project, and can this configuration be used?

use crate::text::{joined, push_hexadecimal};
use alloc::string::String;

/// The calling code is wrong: a `TypeError` that names the field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misuse {
    /// The option or parameter, as the caller spells it.
    pub field: &'static str,
    /// What it must be, as the end of a sentence. Never holds the value: it may be a key.
    pub must: &'static str,
}

impl Misuse {
    /// One sentence for the developer.
    pub fn sentence(&self) -> String {
        joined(&["Keyhole: ", self.field, " must ", self.must, "."])
    }
}

/// The address that everything of a project stands under.
pub fn project_url(url: &str, project_id: &str, key: &str) -> Result<String, Misuse> {
    check_key(key)?;
    let base = base_url(url)?;
    if project_id.trim_ascii().is_empty() {
        return Err(Misuse {
            field: "projectId",
            must: "be a string that is not empty",
        });
    }
    Ok(joined(&[base, "/3.0/projects/", &path_segment(project_id)]))
}

fn base_url(url: &str) -> Result<&str, Misuse> {
    let must =
        "be an address that starts with http:// or https://, without user, query or fragment";
    let misuse = Misuse { field: "url", must };
    let base = without_slashes(url.trim_ascii());
    let host = base
        .strip_prefix("https://")
        .or_else(|| base.strip_prefix("http://"));
    let host = host.ok_or(misuse.clone())?;
    let forbidden = |byte: u8| byte <= b' ' || matches!(byte, b'?' | b'#' | b'@' | b'\\' | 0x7F);
    let starts_badly = matches!(host.bytes().next(), None | Some(b'/' | b':'));
    if starts_badly || host.bytes().any(forbidden) {
        return Err(misuse);
    }
    Ok(base)
}

fn without_slashes(url: &str) -> &str {
    let mut rest = url;
    while let Some(shorter) = rest.strip_suffix('/') {
        rest = shorter;
    }
    rest
}

/// A key must be fit for a header. What it is, only the server knows.
fn check_key(key: &str) -> Result<(), Misuse> {
    if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    // The platform's own complaint about a bad header would quote the key.
    Err(Misuse {
        field: "key",
        must: "be a string that is not empty, without blanks or line breaks",
    })
}

/// A text as one segment of a path: what is not plain is percent-encoded.
fn path_segment(text: &str) -> String {
    let mut segment = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            segment.push(char::from(byte));
            continue;
        }
        segment.push('%');
        push_hexadecimal(&mut segment, u32::from(byte), 2);
    }
    segment
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_at_the_end_of_the_url_changes_nothing() {
        for url in [
            "https://a.example",
            "https://a.example/",
            " https://a.example// ",
        ] {
            assert_eq!(
                project_url(url, "p", "k").unwrap(),
                "https://a.example/3.0/projects/p"
            );
        }
        let below = project_url("http://localhost:8787/base/", "p", "k").unwrap();
        assert_eq!(below, "http://localhost:8787/base/3.0/projects/p");
    }

    #[test]
    fn an_unusable_configuration_names_its_field() {
        let urls = [
            "",
            "a.example",
            "ftp://a",
            "https://",
            "https:///x",
            "https://:80",
            "https://u:p@a",
            "https://a?x",
            "https://a#x",
            "javascript://a b",
            "https://a b",
        ];
        for url in urls {
            assert_eq!(
                project_url(url, "p", "k").unwrap_err().field,
                "url",
                "{url}"
            );
        }
        assert_eq!(
            project_url("https://a", " ", "k").unwrap_err().field,
            "projectId"
        );
        for key in ["", "a b", "a\n", "ключ"] {
            let misuse = check_key(key).unwrap_err();
            assert_eq!(misuse.field, "key");
            assert!(key.is_empty() || !misuse.sentence().contains(key));
        }
    }

    #[test]
    fn a_project_id_cannot_leave_its_segment() {
        let url = project_url("https://a", "../x?y=ż", "k").unwrap();
        assert_eq!(url, "https://a/3.0/projects/..%2fx%3fy%3d%c5%bc");
    }
}
