//! Does the policy answer JavaScript as its modules do, inside a real browser and by its clocks?
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test may fall over")]

use keyhole_sdk_policy::{PlatformZones, check_description, explain, server_request};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// May ask for at most 23 hours.
const DESCRIPTION: &str = r#"{"kind":"access","project_id":"5eed5eed5eed5eed5eed5eed",
    "id":"acce55acce55acce55acce55","permitted":["queries"],
    "options":{"queries":{"timeframe":{"max_span":"PT23H","mode":"deny"}}}}"#;
/// 30 March 2026, 10:00 in UTC; in Warsaw the day before had 23 hours.
const NOW: f64 = 1_774_864_800_000.0;

const REQUEST: &str = r#"{"schema":{}}"#;

fn zones() -> PlatformZones {
    let script = "return {
        find: (name) => name === 'Europe/Atlantis' ? undefined : name,
        offsetSeconds: (zone, at) => zone === 'Europe/Warsaw' && at >= Date.UTC(2026, 2, 29, 1) ? 7200 : 3600,
    }";
    let zones = js_sys::Function::new_no_args(script).call0(&JsValue::NULL);
    zones.unwrap().unchecked_into()
}

fn asked(zone: &str) -> Result<String, JsValue> {
    let request = format!(
        r#"{{"query":{{"analysisType":"count","eventCollection":"a","timeframe":"previous_1_days","timezone":"{zone}"}}}}"#
    );
    explain(DESCRIPTION, &request, NOW, &zones())
}

#[wasm_bindgen_test]
fn a_day_is_as_long_as_the_clocks_of_the_page_say() {
    let decision = |zone| {
        let explanation = js_sys::JSON::parse(&asked(zone).unwrap()).unwrap();
        js_sys::Reflect::get(&explanation, &"decision".into())
            .unwrap()
            .as_string()
    };
    assert_eq!(decision("Europe/Warsaw").as_deref(), Some("allowed"));
    assert_eq!(decision("Africa/Algiers").as_deref(), Some("refused"));
}

#[wasm_bindgen_test]
fn a_request_that_means_nothing_has_the_servers_error() {
    let thrown: js_sys::Error = asked("Europe/Atlantis").unwrap_err().dyn_into().unwrap();
    assert_eq!(String::from(thrown.name()), "TimezoneDefinitionError");
    let thrown = explain(DESCRIPTION, "{}", NOW, &zones()).unwrap_err();
    let thrown: js_sys::Error = thrown.dyn_into().unwrap();
    assert_eq!(String::from(thrown.name()), "InvalidRequestError");
}

#[wasm_bindgen_test]
fn misuse_is_a_type_error() {
    assert!(check_description(DESCRIPTION).is_ok());
    for thrown in [
        check_description("{}").unwrap_err(),
        check_description("").unwrap_err(),
        explain("[]", REQUEST, NOW, &zones()).unwrap_err(),
        explain(DESCRIPTION, REQUEST, f64::NAN, &zones()).unwrap_err(),
        explain(DESCRIPTION, REQUEST, 1e300, &zones()).unwrap_err(),
    ] {
        assert!(thrown.is_instance_of::<js_sys::TypeError>());
    }
}

#[wasm_bindgen_test]
fn a_request_is_spelled_the_servers_way() {
    let request = server_request(r#"{"savedQuery":{"queryName":"zażółć 🐦"}}"#);
    assert_eq!(
        request.unwrap(),
        r#"{"saved_query":{"query_name":"zażółć 🐦"}}"#
    );
}
