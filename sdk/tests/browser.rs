//! Does the core answer JavaScript as its modules do, inside a real browser?
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use keyhole_sdk::{QueryRequest, Queue, check_event, kept_delay_ms, project_url, retry_delay_ms};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

fn name_and_message(thrown: JsValue) -> (String, String) {
    let error: js_sys::Error = thrown.dyn_into().unwrap();
    (error.name().into(), error.message().into())
}

#[wasm_bindgen_test]
fn a_usable_configuration_has_an_address() {
    let url = project_url("https://a.example/", "p", "kh_x");
    assert_eq!(url, "https://a.example/3.0/projects/p");
}

#[wasm_bindgen_test]
fn misuse_is_a_sentence_that_never_quotes_the_key() {
    let sentence = project_url("https://a.example", "p", "se cret");
    assert!(sentence.starts_with("!Keyhole: key must") && !sentence.contains("cret"));
    let thrown = QueryRequest::new("https://a", None, "[]").err().unwrap();
    assert!(thrown.is_instance_of::<js_sys::TypeError>());
}

#[wasm_bindgen_test]
fn a_refusal_has_the_servers_name() {
    let (name, message) = name_and_message(check_event("a", r#"{"a.b":1}"#).unwrap_err());
    assert_eq!(name, "InvalidPropertyNameError");
    assert!(message.contains("\"a.b\""));
    let (name, _) = name_and_message(check_event("_x", "{}").unwrap_err());
    assert_eq!(name, "InvalidCollectionNameError");
    assert!(check_event("bird strikes", "{}").is_ok());
}

#[wasm_bindgen_test]
fn an_event_is_stamped_and_its_characters_survive() {
    let mut queue = Queue::new("ab", 1_000, 10);
    let event = r#"{"zażółć":"🐦"}"#;
    // 2026-01-02T03:04:05.678Z
    assert_eq!(queue.add("a", event, "", 3, 1_767_323_045_678.0), None);
    let list = queue.take().unwrap();
    let (head, stamped) = list.split_once('\n').unwrap();
    assert_eq!(head, format!("1 {} a", stamped.len()));
    let value = js_sys::JSON::parse(stamped).unwrap();
    let at = |object: &JsValue, name: &str| js_sys::Reflect::get(object, &name.into()).unwrap();
    assert_eq!(at(&value, "zażółć").as_string().as_deref(), Some("🐦"));
    let keen = at(&value, "keen");
    let text = |name| at(&keen, name).as_string();
    assert_eq!(
        text("timestamp").as_deref(),
        Some("2026-01-02T03:04:05.678Z")
    );
    assert_eq!(text("uniqueness_token").as_deref(), Some("ab00000000"));
    assert!(queue.take().is_none());
}

#[wasm_bindgen_test]
fn a_full_list_is_handed_over() {
    let mut queue = Queue::new("ab", 1_000_000, 5_000);
    for _ in 0..5_000 {
        assert!(queue.add("a", "{}", "", 3, 0.0).is_none());
    }
    let full = queue.add("a", "{}", "", 3, 0.0).unwrap();
    assert!(full.starts_with("5000 "));
    assert!(queue.take().unwrap().starts_with("1 "));
}

#[wasm_bindgen_test]
fn a_query_and_a_retry_are_decided() {
    let request = QueryRequest::new(
        "https://a",
        None,
        r#"{"analysisType":"count","groupBy":"x"}"#,
    )
    .unwrap();
    assert_eq!(request.url(), "https://a/queries/count");
    assert_eq!(request.body(), r#"{"group_by":"x"}"#);
    assert_eq!(retry_delay_ms(1, 503, Some(1_000.0), 0.0), Some(1_000.0));
    assert_eq!(retry_delay_ms(1, 400, None, 0.0), None);
    assert_eq!(kept_delay_ms(99, 0, None, 1.0), Some(300_000.0));
}
