// Where in its sources does the policy narrow what a key may do?

/** Each place: what stands there, exactly once, and what takes its place where it is taken out of a copy. */
export const narrowing = [
  { what: "the filter of queries", file: "policy/src/authorize/query.rs", from: "filter.clone().and(asked)", to: "asked" },
  { what: "the collections of queries", file: "policy/src/authorize/query.rs", from: ".find(|selection| !grant.collections.covers(selection.collection.as_str()))", to: ".find(|_| false)" },
  { what: "the properties that queries name", file: "policy/src/authorize/query.rs", from: ".find(|property| !grant.properties.covers(property))", to: ".find(|_| false)" },
  { what: "the properties that queries show", file: "policy/src/authorize/query.rs", from: "let visible = key.visible();", to: "let visible = PropertyScope::everything();" },
  { what: "the window of queries", file: "policy/src/authorize/query.rs", from: ".try_for_each(|window| clip(window, asked, now))", to: ".try_for_each(|_| Ok(()))" },
  { what: "the analyses of queries", file: "policy/src/authorize/query.rs", from: ".find(|analysis| !analyses.contains(analysis))", to: ".find(|_| false)" },
  { what: "the autofill of writes", file: "policy/src/authorize/record.rs", from: "event.body = event.body.overlaid_with(&autofill);", to: "" },
  { what: "the filter of writes", file: "policy/src/authorize/record.rs", from: "!grant.filter.accepts_as_one(&filled)", to: "false" },
  { what: "the collections of writes", file: "policy/src/authorize/record.rs", from: "!grant.collections.covers(event.collection.as_str())", to: "false" },
  { what: "the properties of writes", file: "policy/src/authorize/record.rs", from: "grant.properties.first_outside(&event.body, own)", to: "None::<String>" },
  { what: "revocation", file: "policy/src/key/mod.rs", from: "!self.is_active", to: "false" },
  { what: "the time before a key", file: "policy/src/key/mod.rs", from: "is_some_and(|not_before| now < not_before)", to: "is_some_and(|_| false)" },
  { what: "the time after a key", file: "policy/src/key/mod.rs", from: "is_some_and(|expires_at| now >= expires_at)", to: "is_some_and(|_| false)" },
  { what: "the project of a key", file: "policy/src/key/mod.rs", from: "own != project", to: "false" },
];
