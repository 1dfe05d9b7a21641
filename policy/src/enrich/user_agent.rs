//! Which device, browser and operating system does a `User-Agent` name?
//!
//! The families are called as the ua-parser project calls them, which Keen used.

use super::user_agents::{BOTS, BROWSERS, CLIENTS, Version};
use crate::limits;
use crate::value::Value;

/// What is found in any text: `Other` where nothing is known.
pub(super) fn find(text: &str) -> Option<Value> {
    let agent = Agent {
        text: text.get(..limit(text)).unwrap_or(text),
    };
    let (os_family, os_version) = agent.os();
    let (browser_family, browser_version) = agent.browser(os_family);
    let (device_family, device_type) = agent.device(os_family);
    let family = |family: &str| ("family", Value::text(family));
    let part = |version: &[String], at: usize| version.get(at).map_or(Value::Null, Value::text);
    let numbered = |name: &str, version: &[String]| {
        let named = std::iter::once(family(name));
        let parts = ["major", "minor", "patch"].into_iter().enumerate();
        let parts = parts.map(|(at, name)| (name, part(version, at)));
        named.chain(parts).collect::<Vec<_>>()
    };
    let mut os = numbered(os_family, &os_version);
    os.push(("patch_minor", part(&os_version, 3)));
    let kind = device_type.map(|kind| ("type", Value::text(kind)));
    let device = std::iter::once(family(&device_family)).chain(kind);
    Some(Value::object([
        ("device", Value::object(device)),
        (
            "browser",
            Value::object(numbered(&browser_family, &browser_version)),
        ),
        ("os", Value::object(os)),
    ]))
}

struct Agent<'a> {
    text: &'a str,
}

impl<'a> Agent<'a> {
    fn has(&self, part: &str) -> bool {
        self.text.contains(part)
    }

    fn after(&self, token: &str) -> Option<&'a str> {
        self.text.split_once(token).map(|(_, after)| after)
    }

    /// The numbers that begin right after a token.
    fn version(&self, token: &str) -> Vec<String> {
        self.after(token).map_or(Vec::new(), numbers)
    }

    fn bot(&self) -> Option<&'static (&'static str, &'static str)> {
        BOTS.iter().find(|(token, _)| self.has(token))
    }

    fn is_mobile(&self) -> bool {
        self.has("Mobile")
    }

    fn browser(&self, os: &str) -> (String, Vec<String>) {
        if let Some((token, family)) = self.bot() {
            let version = self.version(&format!("{token}/"));
            return ((*family).to_owned(), version);
        }
        for (token, family, version) in BROWSERS {
            if !self.has(token) {
                continue;
            }
            let version = match version {
                Version::After => self.version(token),
                Version::AfterToken(other) => self.version(other),
            };
            return ((*family).to_owned(), version);
        }
        if let Some(found) = self.common_browser(os) {
            return found;
        }
        for (token, family) in CLIENTS {
            if self.has(token) {
                return ((*family).to_owned(), self.version(&format!("{token}/")));
            }
        }
        ("Other".to_owned(), Vec::new())
    }

    /// Those that most others claim to be, which is why they come last.
    fn common_browser(&self, os: &str) -> Option<(String, Vec<String>)> {
        let found = |family: &str, token: &str| Some((family.to_owned(), self.version(token)));
        if self.has("Firefox/") {
            let is_mobile = os == "Android" || self.is_mobile() || self.has("Tablet;");
            let family = if is_mobile {
                "Firefox Mobile"
            } else {
                "Firefox"
            };
            return found(family, "Firefox/");
        }
        if self.has("Chrome/") {
            let is_view = self.has("; wv)") || (os == "Android" && self.has("Version/4.0"));
            let family = match (os, is_view) {
                ("Android", true) => "Chrome Mobile WebView",
                ("Android", false) if self.is_mobile() => "Chrome Mobile",
                _ => "Chrome",
            };
            return found(family, "Chrome/");
        }
        if self.has("Trident/7.0") && self.has("rv:11.0") {
            return Some(("IE".to_owned(), self.version("rv:")));
        }
        if self.has("MSIE ") {
            return found("IE", "MSIE ");
        }
        if os == "Android" && self.has("Version/") {
            return Some(("Android".to_owned(), self.version("Android ")));
        }
        if os == "iOS" {
            let family = if self.has("Version/") && self.has("Safari/") {
                "Mobile Safari"
            } else {
                "Mobile Safari UI/WKWebView"
            };
            return found(family, "Version/");
        }
        if self.has("Version/") && self.has("Safari/") {
            return found("Safari", "Version/");
        }
        None
    }

    fn os(&self) -> (&'static str, Vec<String>) {
        let named = |family| (family, Vec::new());
        if let Some(after) = self.after("Windows Phone ") {
            let after = after.trim_start_matches("OS ");
            return ("Windows Phone", numbers(after));
        }
        if let Some(after) = self.after("Windows NT ") {
            let release = match numbers(after).join(".").as_str() {
                "10.0" => "10",
                "6.3" => "8.1",
                "6.2" => "8",
                "6.1" => "7",
                "6.0" => "Vista",
                "5.1" | "5.2" => "XP",
                "5.0" => "2000",
                _ => return named("Windows"),
            };
            let release = release.split('.').map(str::to_owned);
            return ("Windows", release.collect());
        }
        if self.has("Windows") {
            return named("Windows");
        }
        let is_ios = ["iPhone", "iPad", "iPod"]
            .into_iter()
            .any(|device| self.has(device));
        if is_ios {
            let after = self.after("iPhone OS ").or_else(|| self.after("CPU OS "));
            let after = after.or_else(|| self.after("iOS "));
            return ("iOS", after.map_or(Vec::new(), numbers));
        }
        for (token, family) in [
            ("KAIOS/", "KaiOS"),
            ("Tizen ", "Tizen"),
            ("HarmonyOS ", "HarmonyOS"),
            ("Android ", "Android"),
        ] {
            if self.has(token) {
                return (family, self.version(token));
            }
        }
        if self.has("Android") {
            return named("Android");
        }
        if let Some(after) = self.after("CrOS ") {
            let version = after.split_once(' ').map_or("", |(_, version)| version);
            return ("Chrome OS", numbers(version));
        }
        for token in ["Mac OS X ", "macOS ", "Mac OS X"] {
            if self.has(token) {
                return ("Mac OS X", self.version(token));
            }
        }
        for family in ["Web0S", "Ubuntu", "Fedora", "Debian", "FreeBSD", "OpenBSD"] {
            if self.has(family) {
                let version = self.version(&format!("{family}/"));
                return (family, version);
            }
        }
        named(if self.has("Linux") { "Linux" } else { "Other" })
    }

    fn device(&self, os: &str) -> (String, Option<&'static str>) {
        let named = |family: &str, kind| (family.to_owned(), kind);
        if self.bot().is_some() {
            return named("Spider", Some("bot"));
        }
        for (token, kind) in [("iPad", "tablet"), ("iPod", "mobile"), ("iPhone", "mobile")] {
            if self.has(token) {
                return named(token, Some(kind));
            }
        }
        let is_television = [
            "SMART-TV", "SmartTV", "Smart TV", "Web0S", "AppleTV", "BRAVIA", "GoogleTV", "HbbTV",
        ]
        .into_iter()
        .any(|token| self.has(token));
        if is_television {
            return named("Other", Some("tv"));
        }
        match os {
            "Android" | "HarmonyOS" => {
                let is_phone = self.is_mobile();
                let kind = if is_phone { "mobile" } else { "tablet" };
                let generic = if is_phone {
                    "Generic Smartphone"
                } else {
                    "Generic Tablet"
                };
                named(self.android_model().unwrap_or(generic), Some(kind))
            }
            "Windows Phone" | "KaiOS" | "Tizen" => named("Other", Some("mobile")),
            "Mac OS X" => named("Mac", Some("desktop")),
            "Windows" | "Chrome OS" | "Linux" | "Ubuntu" | "Fedora" | "Debian" | "FreeBSD"
            | "OpenBSD" => named("Other", Some("desktop")),
            _ => named("Other", None),
        }
    }

    /// What stands after `Android 13; `, unless the browser keeps it to itself, as `K`.
    fn android_model(&self) -> Option<&'a str> {
        let inside = self.after("Android ")?.split(')').next()?;
        let mut parts = inside.split(';').skip(1).map(str::trim);
        let model = parts.find(|part| {
            let is_language = part.len() == 5 && part.as_bytes().get(2) == Some(&b'-');
            !(part.is_empty()
                || is_language
                || matches!(*part, "wv" | "Mobile" | "Tablet" | "U")
                || part.starts_with("rv:"))
        })?;
        let model = model.split(" Build/").next().unwrap_or(model);
        let model = model.strip_prefix("SAMSUNG ").unwrap_or(model);
        let model: &str = model.split_once(" MIUI/").map_or(model, |(model, _)| model);
        let is_told = model != "K" && !model.is_empty() && model.chars().count() <= 64;
        is_told.then_some(model)
    }
}

/// The end of what is read, between two characters.
fn limit(text: &str) -> usize {
    let wanted = limits::USER_AGENT_READ_BYTES_MAX;
    text.floor_char_boundary(wanted)
}

/// The numbers at the beginning of a text, parted by dots or underscores: at most four.
fn numbers(text: &str) -> Vec<String> {
    let is_part = |character: char| character.is_ascii_digit() || matches!(character, '.' | '_');
    let end = text
        .find(|character| !is_part(character))
        .unwrap_or(text.len());
    let version = text.get(..end).unwrap_or_default();
    version
        .split(['.', '_'])
        .take_while(|part| !part.is_empty())
        .take(4)
        .map(str::to_owned)
        .collect()
}
