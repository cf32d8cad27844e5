#![allow(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use super::*;
use crate::virtual_key::{map, unmap};

#[test]
fn what_asks_for_a_key_asks_for_one_that_is_found() {
    let message = [&[0x01][..], &unmap(BTreeMap::from([(1, Value::Bytes(vec![1; 32]))]))].concat();
    let changed = discoverable(&message).unwrap();
    let fields = map(&changed[1..]);
    let rk = BTreeMap::from([(Value::Text("rk".to_owned()), Value::Bool(true))]);
    assert_eq!(fields.get(&7), Some(&Value::Map(rk)));
    assert_eq!((changed[0], fields.len()), (0x01, 2));
}
