//! Is a text a key of ours? The form of key strings: prefix, body, checksum. Nothing is looked up here.

/// Which credential a key string says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// `kh_organization_…`
    Organization,
    /// `kh_master_…`
    Master,
    /// `kh_write_…`
    Write,
    /// `kh_read_…`
    Read,
    /// `kh_access_…`
    Access,
}

/// A well-formed key string. It prints as its kind only, so that no log can hold it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    kind: SecretKind,
    text: String,
}

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62^43 > 2^256
const BODY_DIGITS: usize = 43;
/// 62^6 > 2^32
const CHECKSUM_DIGITS: usize = 6;

impl SecretKind {
    /// All of them.
    pub const ALL: [SecretKind; 5] = [
        SecretKind::Organization,
        SecretKind::Master,
        SecretKind::Write,
        SecretKind::Read,
        SecretKind::Access,
    ];

    /// The word in the key string and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            SecretKind::Organization => "organization",
            SecretKind::Master => "master",
            SecretKind::Write => "write",
            SecretKind::Read => "read",
            SecretKind::Access => "access",
        }
    }
}

impl Secret {
    /// Writes 256 random bits as a key string: `kh_<kind>_` and 49 letters and digits.
    pub fn from_random(kind: SecretKind, bytes: [u8; 32]) -> Secret {
        let body = base_62(bytes.to_vec(), BODY_DIGITS);
        let before = format!("kh_{}_{body}", kind.as_str());
        let checksum = base_62(
            crc32fast::hash(before.as_bytes()).to_be_bytes().to_vec(),
            CHECKSUM_DIGITS,
        );
        Secret {
            kind,
            text: format!("{before}{checksum}"),
        }
    }

    /// Reads a key string; `None` when the form or the checksum is wrong.
    pub fn parse(text: &str) -> Option<Secret> {
        let kind = SecretKind::ALL.into_iter().find(|kind| {
            let rest = text
                .strip_prefix("kh_")
                .and_then(|rest| rest.strip_prefix(kind.as_str()));
            rest.is_some_and(|rest| rest.starts_with('_'))
        })?;
        let digits = text.rsplit('_').next()?;
        let well_formed = digits.len() == BODY_DIGITS + CHECKSUM_DIGITS
            && digits.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && text.len() == "kh__".len() + kind.as_str().len() + digits.len();
        if !well_formed {
            return None;
        }
        let (before, checksum) = text.split_at_checked(text.len() - CHECKSUM_DIGITS)?;
        let expected = base_62(
            crc32fast::hash(before.as_bytes()).to_be_bytes().to_vec(),
            CHECKSUM_DIGITS,
        );
        (checksum == expected).then(|| Secret {
            kind,
            text: text.to_owned(),
        })
    }

    /// Which credential it says it is.
    pub fn kind(&self) -> SecretKind {
        self.kind
    }

    /// The key string itself: to be hashed, sealed or answered to its maker, and nothing else.
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "kh_{}_…", self.kind.as_str())
    }
}

/// A big-endian number in base 62, to exactly so many digits.
fn base_62(mut number: Vec<u8>, digits: usize) -> String {
    let mut reversed = Vec::with_capacity(digits);
    for _ in 0..digits {
        let mut remainder: u16 = 0;
        for byte in &mut number {
            let dividend = remainder * 256 + u16::from(*byte);
            *byte = (dividend / 62) as u8;
            remainder = dividend % 62;
        }
        let digit = DIGITS.get(usize::from(remainder)).copied().unwrap_or(b'0');
        reversed.push(char::from(digit));
    }
    reversed.iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_is_read_back_and_one_changed_character_is_not() {
        for kind in SecretKind::ALL {
            for bytes in [[0; 32], [255; 32], [7; 32]] {
                let secret = Secret::from_random(kind, bytes);
                assert_eq!(Secret::parse(secret.reveal()), Some(secret.clone()));
                assert!(
                    secret
                        .reveal()
                        .bytes()
                        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
                );
                let changed =
                    secret
                        .reveal()
                        .replacen(|digit: char| digit.is_ascii_digit(), "x", 1);
                if changed != secret.reveal() {
                    assert_eq!(Secret::parse(&changed), None, "{changed}");
                }
            }
        }
    }

    #[test]
    fn malformed_keys_are_refused_and_nothing_panics() {
        let good = Secret::from_random(SecretKind::Access, [1; 32])
            .reveal()
            .to_owned();
        let shortened = good.split_at(good.len() - 1).0;
        for bad in [
            "",
            "kh_",
            "kh_access_",
            "kh_access_żółć",
            "Bearer",
            shortened,
            &format!("{good}0"),
            &good.replace("access", "master"),
        ] {
            assert_eq!(Secret::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_printed_secret_does_not_show_itself() {
        let secret = Secret::from_random(SecretKind::Master, [9; 32]);
        assert_eq!(format!("{secret:?}"), "kh_master_…");
    }
}
