//! Which sites send visitors? Search engines, mail and social networks, by host.

/// What kind of site, and its name.
pub(super) struct Site {
    /// `SEARCH`, `EMAIL` or `SOCIAL`.
    pub(super) medium: &'static str,
    /// Its name.
    pub(super) source: &'static str,
    /// The parameters that may hold what was searched for.
    pub(super) terms: &'static [&'static str],
}

/// The site of a host, if it is known: by the longest of its endings that stands in the table.
pub(super) fn site(host: &str) -> Option<Site> {
    let host = host.trim_end_matches('.');
    let host = host.strip_prefix("www.").unwrap_or(host);
    let mut rest = host;
    loop {
        if let Some(site) = exactly(rest) {
            return Some(site);
        }
        match rest.split_once('.') {
            Some((_, after)) if after.contains('.') => rest = after,
            _ => break,
        }
    }
    // Those with a domain in every country.
    let mut labels = host.split('.').rev();
    let last = labels.next()?;
    let before = labels.next()?;
    let is_second_level = last.len() == 2 && matches!(before, "co" | "com");
    let name = if is_second_level {
        labels.next()?
    } else {
        before
    };
    // `docs.google.com` is no search.
    if !labels.all(|label| matches!(label, "search" | "images" | "m")) {
        return None;
    }
    IN_EVERY_COUNTRY
        .iter()
        .find(|(known, ..)| *known == name)
        .map(|(_, source, terms)| Site {
            medium: "SEARCH",
            source,
            terms,
        })
}

fn exactly(host: &str) -> Option<Site> {
    let search = SEARCH.iter().find(|(known, ..)| *known == host);
    let search = search.map(|(_, source, terms)| Site {
        medium: "SEARCH",
        source,
        terms,
    });
    let of = |medium: &'static str, table: &'static [(&str, &'static str)]| {
        let found = table.iter().find(|(known, _)| *known == host);
        found.map(|(_, source)| Site {
            medium,
            source,
            terms: &[],
        })
    };
    search
        .or_else(|| of("EMAIL", EMAIL))
        .or_else(|| of("SOCIAL", SOCIAL))
}

const IN_EVERY_COUNTRY: &[(&str, &str, &[&str])] = &[
    ("google", "Google", &["q"]),
    ("bing", "Bing", &["q"]),
    ("yahoo", "Yahoo!", &["p", "q"]),
    ("yandex", "Yandex", &["text", "query"]),
];

const SEARCH: &[(&str, &str, &[&str])] = &[
    ("com.google.android.googlequicksearchbox", "Google", &[]),
    ("search.yahoo.com", "Yahoo!", &["p", "q"]),
    ("images.google.com", "Google Images", &["q"]),
    ("news.google.com", "Google News", &["q"]),
    ("ya.ru", "Yandex", &["text"]),
    ("duckduckgo.com", "DuckDuckGo", &["q"]),
    ("baidu.com", "Baidu", &["wd", "word", "kw"]),
    ("search.brave.com", "Brave Search", &["q"]),
    ("ecosia.org", "Ecosia", &["q"]),
    ("startpage.com", "Startpage", &["query", "q"]),
    ("qwant.com", "Qwant", &["q"]),
    ("kagi.com", "Kagi", &["q"]),
    ("perplexity.ai", "Perplexity", &["q"]),
    ("chatgpt.com", "ChatGPT", &["q"]),
    ("search.naver.com", "Naver", &["query"]),
    ("search.daum.net", "Daum", &["q"]),
    ("sogou.com", "Sogou", &["query", "keyword"]),
    ("so.com", "360 Search", &["q"]),
    ("seznam.cz", "Seznam", &["q"]),
    ("search.seznam.cz", "Seznam", &["q"]),
    ("ask.com", "Ask", &["q"]),
    ("search.aol.com", "AOL", &["q", "query"]),
    ("dogpile.com", "Dogpile", &["q"]),
    ("swisscows.com", "Swisscows", &["query"]),
    ("mojeek.com", "Mojeek", &["q"]),
    ("metager.org", "MetaGer", &["eingabe"]),
    ("go.mail.ru", "Mail.ru", &["q"]),
    ("rambler.ru", "Rambler", &["query"]),
    ("coccoc.com", "Coc Coc", &["query"]),
    ("search.lycos.com", "Lycos", &["q"]),
    ("goo.ne.jp", "goo", &["MT"]),
    ("lite.duckduckgo.com", "DuckDuckGo", &["q"]),
];

const EMAIL: &[(&str, &str)] = &[
    ("mail.google.com", "Gmail"),
    ("com.google.android.gm", "Gmail"),
    ("mail.yahoo.com", "Yahoo! Mail"),
    ("outlook.live.com", "Outlook.com"),
    ("mail.live.com", "Outlook.com"),
    ("outlook.office.com", "Outlook"),
    ("outlook.office365.com", "Outlook"),
    ("mail.aol.com", "AOL Mail"),
    ("mail.yandex.ru", "Yandex.Mail"),
    ("mail.yandex.com", "Yandex.Mail"),
    ("e.mail.ru", "Mail.ru"),
    ("mail.proton.me", "Proton Mail"),
    ("mail.protonmail.com", "Proton Mail"),
    ("mail.zoho.com", "Zoho Mail"),
    ("app.fastmail.com", "Fastmail"),
    ("mail.icloud.com", "iCloud Mail"),
    ("mail.qq.com", "QQ Mail"),
    ("mail.163.com", "NetEase Mail"),
    ("navigator.gmx.net", "GMX"),
    ("mail.naver.com", "Naver Mail"),
    ("app.hey.com", "HEY"),
];

const SOCIAL: &[(&str, &str)] = &[
    ("facebook.com", "Facebook"),
    ("fb.com", "Facebook"),
    ("fb.me", "Facebook"),
    ("messenger.com", "Messenger"),
    ("instagram.com", "Instagram"),
    ("threads.net", "Threads"),
    ("threads.com", "Threads"),
    ("whatsapp.com", "WhatsApp"),
    ("twitter.com", "Twitter"),
    ("x.com", "Twitter"),
    ("t.co", "Twitter"),
    ("linkedin.com", "LinkedIn"),
    ("lnkd.in", "LinkedIn"),
    ("youtube.com", "YouTube"),
    ("youtu.be", "YouTube"),
    ("reddit.com", "Reddit"),
    ("out.reddit.com", "Reddit"),
    ("pinterest.com", "Pinterest"),
    ("pin.it", "Pinterest"),
    ("tiktok.com", "TikTok"),
    ("snapchat.com", "Snapchat"),
    ("tumblr.com", "Tumblr"),
    ("vk.com", "VK"),
    ("ok.ru", "Odnoklassniki"),
    ("weibo.com", "Weibo"),
    ("t.cn", "Weibo"),
    ("t.me", "Telegram"),
    ("web.telegram.org", "Telegram"),
    ("discord.com", "Discord"),
    ("bsky.app", "Bluesky"),
    ("mastodon.social", "Mastodon"),
    ("quora.com", "Quora"),
    ("stackoverflow.com", "Stack Overflow"),
    ("github.com", "GitHub"),
    ("news.ycombinator.com", "Hacker News"),
    ("medium.com", "Medium"),
    ("xing.com", "XING"),
    ("twitch.tv", "Twitch"),
    ("vimeo.com", "Vimeo"),
    ("flickr.com", "Flickr"),
    ("nextdoor.com", "Nextdoor"),
    ("zhihu.com", "Zhihu"),
    ("slack.com", "Slack"),
];
