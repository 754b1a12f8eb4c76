//! What the tests of several modules share.

use proptest::prelude::*;
use serde_json::Value;

/// Any JSON, often with the names that lists, devices and batches use.
pub(crate) fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        Just("id".to_owned()),
        Just("value".to_owned()),
        Just("error".to_owned()),
        Just("@odata.nextLink".to_owned()),
        Just("responses".to_owned()),
        Just("status".to_owned()),
        Just("headers".to_owned()),
        Just("body".to_owned()),
        Just("enrolledDateTime".to_owned()),
        Just("operatingSystem".to_owned()),
        "\\PC{0,8}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0_u64..700).prop_map(Value::from),
        any_date().prop_map(Value::from),
        "\\PC{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Something that looks like a date, and often is one.
pub(crate) fn any_date() -> impl Strategy<Value = String> {
    "[0-9]{4}-[0-1][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,12})?(Z|\\+00:00|-07:00)?|[0-9TZ:.+ -]{0,30}|\\PC{0,30}"
}
