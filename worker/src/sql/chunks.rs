//! How are many rows sent, so that no parameter is longer than D1 takes? In several.

/// As much JSON as is sent in one parameter, in bytes. D1 takes 2,000,000.
const PARAMETER_BYTES_MAX: usize = 1_000_000;

/// The rows in order, parted where their JSON would be too long together; `json` is that of one. A row that is too long
/// by itself is alone.
pub(super) fn chunks<T>(rows: Vec<T>, json: impl Fn(&T) -> usize) -> Vec<Vec<T>> {
    let mut chunks: Vec<Vec<T>> = Vec::new();
    let mut bytes = 0;
    for row in rows {
        let own = json(&row) + 1;
        bytes += own;
        match chunks.last_mut() {
            Some(chunk) if bytes <= PARAMETER_BYTES_MAX => chunk.push(row),
            _ => {
                bytes = own;
                chunks.push(vec![row]);
            }
        }
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_chunk_is_too_long_and_no_row_is_lost() {
        for length in [1, 9, 99_999, 400_000, 999_999, 2_000_000] {
            let rows: Vec<usize> = (0..30).map(|at| length + at).collect();
            let parted = chunks(rows.clone(), |row| *row);
            assert_eq!(parted.concat(), rows);
            let bytes = |chunk: &Vec<usize>| chunk.iter().sum::<usize>() + chunk.len();
            let fits = |chunk: &Vec<usize>| chunk.len() == 1 || bytes(chunk) <= PARAMETER_BYTES_MAX;
            assert!(parted.iter().all(fits), "{length}");
        }
    }
}
