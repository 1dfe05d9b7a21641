//! Does the core answer JavaScript as its modules do, inside a real browser?
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use keyhole_sdk::{Batches, QueryRequest, event_url, project_url, retry_delay_ms, stamp_event};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

const NOW: &str = "2026-01-02T03:04:05.678Z";
const RANDOM: [u8; 16] = [0xab; 16];

fn name_and_message(thrown: JsValue) -> (String, String) {
    let error: js_sys::Error = thrown.dyn_into().unwrap();
    (error.name().into(), error.message().into())
}

#[wasm_bindgen_test]
fn a_usable_configuration_has_an_address() {
    let url = project_url("https://a.example/", "p", "kh_x").unwrap();
    assert_eq!(url, "https://a.example/3.0/projects/p");
}

#[wasm_bindgen_test]
fn misuse_is_a_type_error_and_never_quotes_the_key() {
    let thrown = project_url("https://a.example", "p", "se cret").unwrap_err();
    assert!(thrown.is_instance_of::<js_sys::TypeError>());
    let (_, message) = name_and_message(thrown);
    assert!(message.starts_with("Keyhole: key must") && !message.contains("cret"));
}

#[wasm_bindgen_test]
fn an_event_is_stamped_and_its_characters_survive() {
    let stamped = stamp_event(r#"{"zażółć":"🐦"}"#, NOW, &RANDOM).unwrap();
    let value = js_sys::JSON::parse(&stamped).unwrap();
    let at = |object: &JsValue, name: &str| js_sys::Reflect::get(object, &name.into()).unwrap();
    assert_eq!(at(&value, "zażółć").as_string().as_deref(), Some("🐦"));
    let keen = at(&value, "keen");
    assert_eq!(at(&keen, "timestamp").as_string().as_deref(), Some(NOW));
    assert_eq!(
        at(&keen, "uniqueness_token").as_string(),
        Some("ab".repeat(16))
    );
}

#[wasm_bindgen_test]
fn a_refusal_has_the_servers_name() {
    let (name, message) = name_and_message(stamp_event(r#"{"a.b":1}"#, NOW, &RANDOM).unwrap_err());
    assert_eq!(name, "InvalidPropertyNameError");
    assert!(message.contains("\"a.b\""));
    let (name, _) = name_and_message(event_url("https://a", "_x").unwrap_err());
    assert_eq!(name, "InvalidCollectionNameError");
}

#[wasm_bindgen_test]
fn batches_hand_over_their_bodies() {
    let mut batches = Batches::new();
    for _ in 0..5_000 {
        assert!(batches.add("a", "{}", NOW, &RANDOM).unwrap().is_none());
    }
    let full = batches.add("a", "{}", NOW, &RANDOM).unwrap().unwrap();
    assert_eq!(full.events(), 5_000);
    let last = batches.finish().unwrap();
    assert_eq!(last.events(), 1);
    assert!(js_sys::JSON::parse(&last.into_body()).is_ok());
    assert!(batches.finish().is_none());
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
}
