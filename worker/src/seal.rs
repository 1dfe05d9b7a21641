//! How is a key kept? By its hash to be found, and sealed to be read again by who may.

use crate::refusal::Refusal;
use crate::sql::hexadecimal;
use aes_gcm::aead::Aead;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use ctutils::CtEq;
use keyhole_policy::secret::Secret;
use sha2::{Digest, Sha256};

/// What the keys are sealed with: the Worker's secret `KEY_SEAL`, 64 hexadecimal digits.
pub struct Seal {
    cipher: Aes256Gcm,
    /// What nonces are made with where the same text must be sealed alike.
    nonces: [u8; 32],
}

/// 256 random bits of one request, from which everything random in its answer is made.
#[derive(Clone, Copy)]
pub struct Chance(pub [u8; 32]);

impl Chance {
    /// 256 bits for one purpose; another purpose's tell nothing of them.
    pub fn bytes_for(&self, purpose: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(purpose);
        hash.finalize().into()
    }

    /// 96 bits for one purpose: an id, or a nonce.
    pub fn twelve_bytes_for(&self, purpose: &str) -> [u8; 12] {
        let mut twelve = [0; 12];
        twelve
            .iter_mut()
            .zip(self.bytes_for(purpose))
            .for_each(|(to, from)| *to = from);
        twelve
    }
}

/// The hash a key is found by. Keys are 256 random bits, so a plain hash gives nothing away.
pub fn hash(secret: &Secret) -> String {
    hexadecimal(&Sha256::digest(secret.reveal()))
}

/// Are two texts the same? Takes as long wherever they differ.
pub fn equal_in_constant_time(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

impl Seal {
    /// Reads the secret; `None` when it is not 64 hexadecimal digits.
    pub fn from_hexadecimal(text: &str) -> Option<Seal> {
        Seal::new(&bytes(text.trim())?)
    }

    fn new(key: &[u8]) -> Option<Seal> {
        Some(Seal {
            cipher: Aes256Gcm::new_from_slice(key).ok()?,
            nonces: digest(&[b"nonces", key]),
        })
    }

    /// A caller's own seal for one purpose: only a request with the same key opens what it sealed.
    pub fn of_caller(secret: &Secret, purpose: &str) -> Option<Seal> {
        let key = digest(&[purpose.as_bytes(), secret.reveal().as_bytes()]);
        Seal::new(&key)
    }

    /// The key, sealed: hexadecimal nonce and ciphertext.
    pub fn seal(&self, secret: &Secret, nonce: [u8; 12]) -> Result<String, Refusal> {
        self.seal_text(secret.reveal(), nonce)
    }

    /// A text, sealed in the same form.
    pub fn seal_text(&self, text: &str, nonce: [u8; 12]) -> Result<String, Refusal> {
        let sealed = self.cipher.encrypt(&Nonce::from(nonce), text.as_bytes());
        let sealed = sealed.map_err(|_| Refusal::failed("seal", "a text could not be sealed"))?;
        Ok(format!("{}{}", hexadecimal(&nonce), hexadecimal(&sealed)))
    }

    /// A text, sealed the same whenever it is the same: nothing in it tells two answers apart.
    ///
    /// The nonce is a keyed hash of the text. Equal nonces with different texts, which would give away how the
    /// texts differ, are then a collision in 96 bits that only whoever has the key could look for: at a
    /// billion texts under one key the chance is below one in 10¹⁰. That a text is the same shows, as it is to.
    pub fn seal_alike(&self, text: &str) -> Result<String, Refusal> {
        let mut nonce = [0; 12];
        let hash = digest(&[&self.nonces, text.as_bytes()]);
        nonce.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
        self.seal_text(text, nonce)
    }

    /// The text again; `None` when it was sealed with another secret.
    pub fn open(&self, sealed: &str) -> Option<String> {
        let (nonce, ciphertext) = sealed.split_at_checked(24)?;
        let nonce: [u8; 12] = bytes(nonce)?.try_into().ok()?;
        let opened = self
            .cipher
            .decrypt(&Nonce::from(nonce), bytes(ciphertext)?.as_slice())
            .ok()?;
        String::from_utf8(opened).ok()
    }
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            hash.update([0]);
        }
        hash.update(part);
    }
    hash.finalize().into()
}

fn bytes(hexadecimal: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = hexadecimal
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    let pairs = digits?;
    if pairs.len() % 2 != 0 {
        return None;
    }
    Some(
        pairs
            .chunks(2)
            .map(|pair| pair.iter().fold(0, |byte, digit| byte * 16 + digit))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyhole_policy::secret::SecretKind;

    #[test]
    fn what_is_sealed_is_opened_with_the_same_secret_only() {
        let secret = Secret::from_random(SecretKind::Access, [3; 32]);
        let seal = Seal::from_hexadecimal(&"ab".repeat(32)).unwrap();
        let sealed = seal.seal(&secret, [9; 12]).unwrap();
        assert!(!sealed.contains(secret.reveal()));
        assert_eq!(seal.open(&sealed).as_deref(), Some(secret.reveal()));
        let other = Seal::from_hexadecimal(&"ac".repeat(32)).unwrap();
        assert_eq!(other.open(&sealed), None);
        assert_eq!(seal.open(&format!("{sealed}00")), None);
        assert_eq!(seal.open("zz"), None);
    }

    #[test]
    fn a_callers_own_seal_is_one_for_each_key_and_purpose() {
        let secret = |byte| Secret::from_random(SecretKind::Read, [byte; 32]);
        let seal = |byte, purpose| Seal::of_caller(&secret(byte), purpose).unwrap();
        let sealed = seal(1, "a").seal_text("x", [9; 12]).unwrap();
        assert_eq!(seal(1, "a").open(&sealed).as_deref(), Some("x"));
        assert_eq!(seal(2, "a").open(&sealed), None);
        assert_eq!(seal(1, "b").open(&sealed), None);
    }

    #[test]
    fn the_same_text_is_sealed_alike_and_another_under_another_nonce() {
        let secret = |byte| Secret::from_random(SecretKind::Read, [byte; 32]);
        let seal = |byte, purpose| Seal::of_caller(&secret(byte), purpose).unwrap();
        let sealed = seal(1, "a").seal_alike("x").unwrap();
        assert_eq!(seal(1, "a").seal_alike("x").unwrap(), sealed);
        assert_eq!(seal(1, "a").open(&sealed).as_deref(), Some("x"));
        let nonce = |sealed: String| sealed.split_at(24).0.to_owned();
        for other in [
            seal(1, "a").seal_alike("y"),
            seal(2, "a").seal_alike("x"),
            seal(1, "b").seal_alike("x"),
        ] {
            assert_ne!(nonce(other.unwrap()), nonce(sealed.clone()));
        }
    }

    #[test]
    fn a_malformed_secret_seals_nothing() {
        for bad in ["", "ab", &"g".repeat(64), &"a".repeat(63), &"ż".repeat(64)] {
            assert!(Seal::from_hexadecimal(bad).is_none());
        }
    }

    #[test]
    fn chance_differs_by_purpose() {
        let chance = Chance([1; 32]);
        assert_ne!(chance.bytes_for("master"), chance.bytes_for("write"));
    }
}
