//! What are the parts of a URL? Read as browsers read them (WHATWG URL), as far as parts are told here.

use crate::limits;
use crate::name::check_property_name;
use crate::value::Value;
use percent_encoding::percent_decode_str;

/// An absolute URL, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url {
    /// In lower case, without `:`.
    pub(super) scheme: String,
    /// In lower case, without a port or a user; `None` for a URL without `//`, such as `mailto:`.
    pub(super) host: Option<String>,
    /// As it stands, with `.` and `..` followed.
    pub(super) path: String,
    /// After `?`.
    pub(super) query: Option<String>,
    /// After `#`.
    pub(super) fragment: Option<String>,
}

/// The parts that are there.
pub(super) fn find(text: &str) -> Option<Value> {
    let url = Url::parse(text)?;
    let texts = [
        ("protocol", Some(url.scheme)),
        ("domain", url.host),
        ("path", Some(url.path).filter(|path| !path.is_empty())),
        ("anchor", url.fragment.filter(|anchor| !anchor.is_empty())),
    ];
    let mut found: Vec<(&str, Value)> = texts
        .into_iter()
        .filter_map(|(name, text)| Some((name, Value::Text(text?))))
        .collect();
    let query = url.query.as_deref().map(query_object);
    found.extend(query.flatten().map(|query| ("query_string", query)));
    Some(Value::object(found))
}

/// The parameters, each name once: of several the last. Names that no property may have are changed into such.
fn query_object(query: &str) -> Option<Value> {
    let mut properties: Vec<(String, Value)> = Vec::new();
    for (name, value) in query_pairs(query) {
        let Some(name) = property_name(name) else {
            continue;
        };
        let value = Value::Text(value);
        let is_full = properties.len() >= limits::ADDON_URL_PARAMETERS_MAX;
        match properties.iter_mut().find(|(other, _)| *other == name) {
            Some((_, old)) => *old = value,
            None if !is_full => properties.push((name, value)),
            None => {}
        }
    }
    (!properties.is_empty()).then_some(Value::Object(properties))
}

/// `utm.source` becomes `utm_source`, since a dot in a name would be a path. What is no name then is left out.
fn property_name(name: String) -> Option<String> {
    let name = name.replace(['.', '\0'], "_");
    let name = match name.strip_prefix('$') {
        Some(rest) => format!("_{rest}"),
        None => name,
    };
    check_property_name(&name).is_ok().then_some(name)
}

/// The names and values of a query string, decoded as a form's; what is no UTF-8 is replaced, as browsers do.
pub fn query_pairs(query: &str) -> impl Iterator<Item = (String, String)> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(move |pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
}

impl Url {
    /// `None` for what is no absolute URL.
    pub(super) fn parse(text: &str) -> Option<Url> {
        let trimmed = text.trim_matches(|character: char| character <= ' ');
        let text = trimmed.replace(['\t', '\n', '\r'], "");
        let (scheme, rest) = text.split_once(':')?;
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter));
        if !is_scheme {
            return None;
        }
        let scheme = scheme.to_ascii_lowercase();
        let is_special = matches!(scheme.as_str(), "http" | "https" | "ws" | "wss" | "ftp");
        let (rest, fragment) = split_off(rest, '#');
        let (rest, query) = split_off(rest, '?');
        let mut url = Url {
            scheme,
            host: None,
            path: String::new(),
            query: query.map(str::to_owned),
            fragment: fragment.map(str::to_owned),
        };
        if is_special {
            // A browser takes `\` for `/` here, and any number of them for two.
            let rest = rest.replace('\\', "/");
            let after_slashes = rest.trim_start_matches('/');
            let (authority, path) = split_authority(after_slashes);
            url.host = Some(host(authority).filter(|host| !host.is_empty())?);
            url.path = resolved(path);
        } else if let Some(after_slashes) = rest.strip_prefix("//") {
            let (authority, path) = split_authority(after_slashes);
            url.host = Some(host(authority)?).filter(|host| !host.is_empty());
            url.path = if path.is_empty() {
                String::new()
            } else {
                resolved(path)
            };
        } else {
            url.path = rest.to_owned();
        }
        Some(url)
    }
}

fn split_off(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

fn split_authority(text: &str) -> (&str, &str) {
    let end = text.find('/').unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

/// The host of an authority: what is after the last `@` and before a port.
fn host(authority: &str) -> Option<String> {
    let after_user = authority.rsplit('@').next().unwrap_or(authority);
    let (host, port) = match after_user.find(']') {
        Some(end) if after_user.starts_with('[') => after_user.split_at_checked(end + 1)?,
        _ => {
            let end = after_user.find(':').unwrap_or(after_user.len());
            after_user.split_at_checked(end)?
        }
    };
    let is_port = port.is_empty()
        || port.strip_prefix(':').is_some_and(|digits| {
            digits.is_empty()
                || (digits.bytes().all(|digit| digit.is_ascii_digit())
                    && digits.parse::<u16>().is_ok())
        });
    let host = percent_decode_str(host).decode_utf8().ok()?;
    let forbidden = |character: char| character <= ' ' || "#/<>?@\\^|%\x7f".contains(character);
    let is_host = !host.contains(forbidden);
    (is_port && is_host).then(|| host.to_lowercase())
}

/// A path with `.` and `..` followed, never above its root.
fn resolved(path: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        let step = segment.to_ascii_lowercase().replace("%2e", ".");
        match step.as_str() {
            ".." => {
                steps.pop();
            }
            "." => {}
            _ => {
                steps.push(segment);
                continue;
            }
        }
        if is_last {
            steps.push("");
        }
    }
    format!("/{}", steps.join("/"))
}
