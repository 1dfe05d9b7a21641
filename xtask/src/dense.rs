//! How does wasm travel inside a script? As printable ASCII that compresses nearly as well as the bytes.
//!
//! Base64 cuts bytes into sixes, so that what repeats in the wasm no longer repeats in the text, and gzip finds
//! a quarter less. Here a byte stays a unit: one character for the low third of the values, a character after
//! a prefix for the others. ASCII survives every charset, every minifier and every quoting.

/// What could end a string, begin an escape or be taken for markup is left out.
const LEFT_OUT: &[u8] = b"\"$'<\\`";
/// The first of the alphabet, that say which third of the values comes next.
const PREFIXES: usize = 2;

/// The text of these bytes; `sdk/npm/src/dense.js` reads it back.
pub fn encode(bytes: &[u8]) -> String {
    let alphabet: Vec<char> = (b'!'..=b'~')
        .filter(|byte| !LEFT_OUT.contains(byte))
        .map(char::from)
        .collect();
    let third = alphabet.len() - PREFIXES;
    let mut text = String::with_capacity(bytes.len() * 5 / 4);
    for byte in bytes.iter().map(|byte| usize::from(*byte)) {
        if byte >= third {
            text.push(alphabet[byte / third - 1]);
        }
        text.push(alphabet[PREFIXES + byte % third]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_a_text_of_its_own() {
        let texts: Vec<String> = (0..=255).map(|byte| encode(&[byte])).collect();
        assert_eq!(texts[0], "%");
        assert_eq!(texts[86], "!%");
        assert_eq!(texts[255], "#|");
        for (at, text) in texts.iter().enumerate() {
            assert!(!texts[..at].contains(text), "{at}");
            assert!(
                text.bytes()
                    .all(|byte| byte.is_ascii_graphic() && !LEFT_OUT.contains(&byte))
            );
        }
    }
}
