//! Are rows cut at just so many bytes, counted as bytes, and never without a word?
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "a test ends at what it did not expect")]

use keyhole_worker::sql::Sql;
use rusqlite::Connection;

/// Rows of one text each; `None` where they were cut.
fn cut(texts: &str, bytes: usize) -> Vec<Option<String>> {
    let all = format!("SELECT value AS row FROM json_each('{texts}') ORDER BY key DESC LIMIT 9");
    let sql = Sql::new(all, Vec::new()).cut_at(bytes);
    let database = Connection::open_in_memory().unwrap();
    let mut statement = database.prepare(&sql.text).unwrap();
    let rows = statement.query_map((), |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn what_fits_to_the_byte_is_whole_and_one_byte_less_is_cut_and_says_so() {
    // The last first, as the statement orders them: 3, 2, 4 and 1 bytes.
    let texts = r#"["a","bbbb","\u017c","ccc"]"#;
    let whole = ["ccc", "ż", "bbbb", "a"];
    for (bytes, rows) in [
        (11, 4),
        (10, 4),
        (9, 3),
        (8, 2),
        (5, 2),
        (4, 1),
        (3, 1),
        (2, 0),
        (0, 0),
    ] {
        let mut expected: Vec<Option<String>> = whole
            .iter()
            .take(rows)
            .map(|text| Some((*text).to_owned()))
            .collect();
        if rows < whole.len() {
            expected.push(None);
        }
        assert_eq!(cut(texts, bytes), expected, "{bytes} bytes");
    }
    assert_eq!(cut("[]", 0), []);
}
