//! Where are computed results kept? In KV, as copies: lost or stale, they are computed again, and nothing is decided by them.

use crate::sql::hexadecimal;
use keyhole_policy::name::ProjectId;
use keyhole_policy::time::Instant;
use keyhole_policy::value::{Value, parse};
use sha2::{Digest, Sha256};
use worker::console_error;
use worker::kv::KvStore;

/// How long a copy is kept that nobody replaces, in seconds: three days, longer than any is fresh.
const KEPT_SECONDS: u64 = 259_200;

/// The copies, or none where `wrangler.toml` binds none: then all is computed each time.
pub struct Copies(pub Option<KvStore>);

/// What a copy is of: nothing of another project, another question or other events has the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyName(String);

/// A copy, and when it was computed.
#[derive(Clone, Debug, PartialEq)]
pub struct Copy {
    /// When it was computed.
    pub at: Instant,
    /// The result.
    pub result: Value,
}

impl CopyName {
    /// The copy of a question's result over all of a project's events, in one epoch of them.
    pub fn new(project: &ProjectId, epoch: i64, question: &Value) -> CopyName {
        let mut hash = Sha256::new();
        for part in [project.as_str(), &epoch.to_string(), &question.to_string()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        CopyName(format!("result/{}", hexadecimal(&hash.finalize())))
    }
}

impl Copies {
    /// The copy, if there is a sound one. A store that is away is as good as one that is empty.
    pub async fn read(&self, name: &CopyName) -> Option<Copy> {
        let store = self.0.as_ref()?;
        match store.get(&name.0).text().await {
            Ok(text) => copy(&text?),
            Err(error) => {
                console_error!("copies: {error:?}");
                None
            }
        }
    }

    /// Keeps a copy; that it could not be kept costs time, and nothing else.
    pub async fn keep(&self, name: &CopyName, copy: &Copy) {
        let Some(store) = &self.0 else {
            return;
        };
        let at = crate::sql::at(copy.at);
        let text = Value::List(vec![at, copy.result.clone()]).to_string();
        let kept = match store.put(&name.0, text) {
            Ok(put) => put.expiration_ttl(KEPT_SECONDS).execute().await,
            Err(error) => Err(error),
        };
        if let Err(error) = kept {
            console_error!("copies: {error:?}");
        }
    }
}

fn copy(text: &str) -> Option<Copy> {
    let Ok(Value::List(items)) = parse(text.as_bytes()) else {
        return None;
    };
    let [at, result] = <[Value; 2]>::try_from(items).ok()?;
    let at = Instant::from_milliseconds(at.as_number()?.whole()?)?;
    Some(Copy { at, result })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_in_anything_has_another_name() {
        let name = |project: u8, epoch, question: &str| {
            let project = ProjectId::from_random([project; 12]);
            CopyName::new(&project, epoch, &parse(question.as_bytes()).unwrap())
        };
        let first = name(1, 0, r#"{"a":1}"#);
        assert_eq!(first, name(1, 0, r#"{"a":1}"#));
        for other in [
            name(2, 0, r#"{"a":1}"#),
            name(1, 1, r#"{"a":1}"#),
            name(1, 0, r#"{"a":2}"#),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn a_copy_that_is_damaged_is_none() {
        for text in ["", "[]", "[1]", "[\"x\",1]", "[1,2,3]", "{}", "[1e300,1]"] {
            assert_eq!(copy(text), None, "{text}");
        }
        assert!(copy("[1000,{\"a\":1}]").is_some());
    }
}
