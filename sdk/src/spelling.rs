//! How does the server spell a parameter's name? In snake_case; JavaScript may say it in camelCase.
//!
//! Both of the SDK's cores compile this file, so that neither carries the other.

/// `eventCollection` as `event_collection`. Only a parameter's own name: names inside values are data.
pub fn parameter_name(name: &str) -> String {
    let mut spelled = String::with_capacity(name.len() + 2);
    for character in name.chars() {
        if character.is_ascii_uppercase() {
            spelled.push('_');
        }
        spelled.push(character.to_ascii_lowercase());
    }
    spelled
}

#[cfg(test)]
mod tests {
    use super::parameter_name;

    #[test]
    fn humps_become_underscores_and_all_else_stays() {
        for (name, spelled) in [
            ("eventCollection", "event_collection"),
            ("event_collection", "event_collection"),
            ("max_age", "max_age"),
            ("żółwOne", "żółw_one"),
            ("", ""),
        ] {
            assert_eq!(parameter_name(name), spelled);
        }
    }
}
